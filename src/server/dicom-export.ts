/** A mask as DICOM results in the study of the original images: SEG, SR and key images, as `marrow dicom-results` makes them. */
import type { Algorithm } from "../dicom/seg/segment.js";
import { writeDicom } from "../dicom/write-dicom.js";
import { quantify } from "../quantify/quantify.js";
import type { Measurement } from "../quantify/measurement.js";
import { dicomResults } from "../report/dicom-results/dicom-results.js";
import { parseSource, type Source } from "../reading/sources.js";
import type { Mask } from "../volume/volume.js";
import type { Room } from "./room.js";

export type NamedFile = readonly [name: string, bytes: Uint8Array];

/** SEG alone, without measuring. Throws as `Originals.place` does. */
export async function segmentationFile(room: Room, caseId: string, source: string, mask: Mask) {
  return writeDicom((await resultsOf(room, caseId, source, mask, [])).segmentation);
}

/** All results. Throws as `Originals.place` and `quantify` do. */
export async function resultFiles(
  room: Room,
  caseId: string,
  source: string,
  mask: Mask,
): Promise<NamedFile[]> {
  const { segmentation, report, keyImages } = await resultsOf(room, caseId, source, mask);
  return [
    ["segmentation.dcm", writeDicom(segmentation)],
    ["report.dcm", writeDicom(report)],
    ...keyImages.map((image, n) => [`key-image-${n + 1}.dcm`, writeDicom(image)] as const),
  ];
}

async function resultsOf(
  room: Room,
  caseId: string,
  source: string,
  mask: Mask,
  known?: readonly Measurement[],
) {
  const { config, task } = await room.desk.study();
  const placed = await room.originals.place(caseId, config.channels[0], mask);
  const pixels = await placed.image.read();
  const examination = { mask: placed.mask, labels: config.labels, image: pixels };
  return dicomResults({
    ...{ placed, pixels, labels: config.labels, task: task.name },
    measurements: known ?? quantify(examination, task.quantification).measurements,
    algorithm: { ...makerOf(parseSource(source)), version: room.version },
    ...{ version: room.version, made: room.clock() },
  });
}

const types: Readonly<Record<Source["kind"], Algorithm["type"]>> = {
  reader: "SEMIAUTOMATIC",
  round: "SEMIAUTOMATIC",
  consensus: "SEMIAUTOMATIC",
  run: "AUTOMATIC",
  segmentation: "AUTOMATIC",
};

/** Readers are not named: results leave the room. */
function makerOf(source: Source): Pick<Algorithm, "type" | "name"> {
  const type = types[source.kind];
  const model = source.kind === "run" || source.kind === "segmentation" ? ` model ${source.name}` : "";
  return { type, name: `Marrow${model || " reading room"}` };
}
