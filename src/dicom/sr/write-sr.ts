/** Writes measurements as a structured report, TID 1500 of PS3.16, that refers to the images and the segmentation. */
import { code, codeOf, type Code } from "../code.js";
import type { DicomFile } from "../data-set.js";
import type { Natural } from "../natural.js";
import { resultFile, type ResultSeries } from "../results/modules.js";
import type { SourceImage } from "../results/source-image.js";
import type { Algorithm } from "../seg/segment.js";
import { referencedSeries } from "../seg/write-seg.js";
import { implementationClassUid } from "../write-dicom.js";
import { text } from "../values.js";
import { concepts, mri } from "./concepts.js";
import { conceptItem, container, numberItem, segmentItem, textItem, uidItem } from "./content.js";

export const comprehensiveSr = "1.2.840.10008.5.1.4.1.1.88.33";

export interface MeasuredValue {
  readonly name: Code;
  /** A word becomes a text; undefined says that it could not be computed. */
  readonly value: number | string | undefined;
  readonly unit: Code;
}

/** What was measured together: one finding, or one part of it. */
export interface MeasuredGroup {
  readonly trackingId: string;
  readonly trackingUid: string;
  readonly finding: Code;
  readonly site?: Code | undefined;
  /** Segment of the segmentation that was measured as a whole: the group follows TID 1411, else TID 1501. */
  readonly segment?: number | undefined;
  readonly values: readonly MeasuredValue[];
}

export interface MeasurementReport {
  readonly groups: readonly MeasuredGroup[];
  readonly algorithm: Algorithm;
  /** The segmentation that the groups refer to. */
  readonly segmentation: DicomFile;
  readonly remark: string;
}

export function measurementReport(
  report: MeasurementReport,
  image: SourceImage,
  series: Omit<ResultSeries, "sopClassUid" | "modality">,
): DicomFile {
  const root = container(concepts.report, [...context(image), ...body(report, image)], "1500");
  return resultFile(
    image.head,
    { ...series, sopClassUid: comprehensiveSr, modality: "SR" },
    {
      ...root,
      RelationshipType: undefined,
      CompletionFlag: "COMPLETE",
      VerificationFlag: "UNVERIFIED",
      ReferencedPerformedProcedureStepSequence: [],
      PerformedProcedureCodeSequence: [],
      CurrentRequestedProcedureEvidenceSequence: [evidence(report.segmentation, image)],
    },
  );
}

function evidence({ dataset }: DicomFile, image: SourceImage): Natural {
  const { SeriesInstanceUID, ReferencedInstanceSequence } = referencedSeries(image);
  const reference: Natural = {
    ReferencedSOPClassUID: text(dataset, "00080016"),
    ReferencedSOPInstanceUID: text(dataset, "00080018"),
  };
  return {
    StudyInstanceUID: text(image.head, "0020000D"),
    ReferencedSeriesSequence: [
      { SeriesInstanceUID, ReferencedSOPSequence: ReferencedInstanceSequence },
      { SeriesInstanceUID: text(dataset, "0020000E"), ReferencedSOPSequence: [reference] },
    ],
  };
}

/** Language, the observer, the procedure (TID 1204, TID 1001, TID 1500 row 4). */
function context({ head }: SourceImage): Natural[] {
  const procedure = codeOf(head, "00081032") ?? mri;
  return [
    conceptItem("HAS CONCEPT MOD", concepts.language, concepts.english),
    conceptItem("HAS OBS CONTEXT", concepts.observerType, concepts.device),
    uidItem("HAS OBS CONTEXT", concepts.deviceUid, implementationClassUid),
    textItem("HAS OBS CONTEXT", concepts.deviceName, "Marrow"),
    textItem("HAS OBS CONTEXT", concepts.manufacturer, "Marrow"),
    textItem("HAS OBS CONTEXT", concepts.model, "research use only"),
    conceptItem("HAS CONCEPT MOD", concepts.procedure, procedure),
  ];
}

function body(report: MeasurementReport, image: SourceImage): Natural[] {
  const groups = report.groups.map((group) => groupItem(group, report, image));
  return [container(concepts.measurements, groups), textItem("CONTAINS", concepts.comment, report.remark)];
}

function groupItem(
  group: MeasuredGroup,
  { algorithm, segmentation }: MeasurementReport,
  image: SourceImage,
): Natural {
  const { segment, site } = group;
  const reference = segment === undefined ? [] : segmentItems(segment, segmentation, image);
  return container(
    concepts.group,
    [
      textItem("HAS OBS CONTEXT", concepts.trackingId, group.trackingId),
      uidItem("HAS OBS CONTEXT", concepts.trackingUid, group.trackingUid),
      conceptItem("CONTAINS", concepts.finding, group.finding),
      ...(site ? [conceptItem("HAS CONCEPT MOD", concepts.findingSite, site)] : []),
      ...(algorithm.type === "MANUAL" ? [] : algorithmItems(algorithm)),
      ...reference,
      ...group.values.map(valueItem),
    ],
    segment === undefined ? "1501" : "1411",
  );
}

const algorithmItems = ({ name, version }: Algorithm): Natural[] => [
  textItem("HAS CONCEPT MOD", concepts.algorithmName, name),
  textItem("HAS CONCEPT MOD", concepts.algorithmVersion, version),
];

function segmentItems(segment: number, { dataset }: DicomFile, { seriesUid }: SourceImage): Natural[] {
  const [sopClassUid = "", sopInstanceUid = ""] = ["00080016", "00080018"].map((tag) => text(dataset, tag));
  return [
    segmentItem(concepts.segment, { sopClassUid, sopInstanceUid, segment }),
    uidItem("CONTAINS", concepts.sourceSeries, seriesUid),
  ];
}

function valueItem({ name, value, unit }: MeasuredValue): Natural {
  return typeof value === "string" ? textItem("CONTAINS", name, value) : numberItem(name, value, unit);
}

export const noUnit = code("1", "UCUM", "no units");
