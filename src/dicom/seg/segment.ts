/** What a segment of a DICOM segmentation says about itself (PS3.3 section C.8.20.4). */
import { codeItem, codeOf, type Code } from "../code.js";
import type { DataSet } from "../data-set.js";
import type { Natural } from "../natural.js";
import { items, number, numbers, text } from "../values.js";

export type AlgorithmType = "AUTOMATIC" | "SEMIAUTOMATIC" | "MANUAL";

export interface Algorithm {
  readonly type: AlgorithmType;
  readonly name: string;
  readonly version: string;
}

export interface Segment {
  readonly number: number;
  readonly label: string;
  readonly category?: Code | undefined;
  readonly type?: Code | undefined;
  readonly region?: Code | undefined;
  readonly trackingId?: string | undefined;
  readonly trackingUid?: string | undefined;
  readonly algorithm?: Algorithm | undefined;
  /** CIELab as DICOM stores it, 0 to 65535 (PS3.3 section C.10.7.1.1). */
  readonly colour?: readonly number[] | undefined;
}

const artificialIntelligence: Code = { value: "123110", scheme: "DCM", meaning: "Artificial Intelligence" };

/** The item of the Segment Sequence. */
export function segmentItem(segment: Segment): Natural {
  const { number, label, category, type, region, algorithm, trackingId, trackingUid, colour } = segment;
  return {
    SegmentNumber: number,
    SegmentLabel: label,
    SegmentAlgorithmType: algorithm?.type ?? "MANUAL",
    ...(algorithm && algorithm.type !== "MANUAL" && algorithmAttributes(algorithm)),
    SegmentedPropertyCategoryCodeSequence: category && [codeItem(category)],
    SegmentedPropertyTypeCodeSequence: type && [codeItem(type)],
    AnatomicRegionSequence: region && [codeItem(region)],
    TrackingID: trackingId,
    TrackingUID: trackingUid,
    RecommendedDisplayCIELabValue: colour,
  };
}

function algorithmAttributes({ name, version }: Algorithm): Natural {
  return {
    SegmentAlgorithmName: name,
    SegmentationAlgorithmIdentificationSequence: [
      {
        AlgorithmFamilyCodeSequence: [codeItem(artificialIntelligence)],
        AlgorithmName: name,
        AlgorithmVersion: version,
      },
    ],
  };
}

/** All segments of a segmentation, in the file's order; a background segment (number 0, labelmaps) is left out. */
export function segmentsOf(dataset: DataSet): Segment[] {
  return items(dataset, "00620002")
    .map(segmentIn)
    .filter((segment) => segment.number > 0);
}

function segmentIn(item: DataSet): Segment {
  const segment = number(item, "00620004") ?? 0;
  const colour = numbers(item, "0062000D");
  return {
    number: segment,
    label: text(item, "00620005") ?? `segment ${segment}`,
    category: codeOf(item, "00620003"),
    type: codeOf(item, "0062000F"),
    region: codeOf(item, "00082218"),
    trackingId: text(item, "00620020"),
    trackingUid: text(item, "00620021"),
    algorithm: algorithmIn(item),
    colour: colour.length === 3 ? colour : undefined,
  };
}

const types: readonly AlgorithmType[] = ["AUTOMATIC", "SEMIAUTOMATIC", "MANUAL"];

function algorithmIn(item: DataSet): Algorithm | undefined {
  const type = types.find((one) => one === text(item, "00620008"));
  const identification = items(item, "00620007").at(0);
  const version = identification && text(identification, "00660031");
  return type && { type, name: text(item, "00620009") ?? "", version: version ?? "" };
}
