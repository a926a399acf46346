/** A mask as DICOM results in the study of the original images: SEG, SR and key images, as `marrow dicom-results` makes them. */
import type { Algorithm } from "../dicom/seg/segment.js";
import { parseSource, type Source } from "../reading/sources.js";
import type { Mask } from "../volume/volume.js";
import type { NamedFile } from "./aside/heavy-work.js";
import type { Room } from "./room.js";

/** SEG alone, without measuring. Throws as `Originals.place` does. */
export async function segmentationFile(room: Room, caseId: string, source: string, mask: Mask) {
  const [[, bytes]] = await filesOf(room, caseId, source, mask, undefined);
  return bytes;
}

/** All results. Throws as `Originals.place` and `quantify` do. */
export async function resultFiles(room: Room, caseId: string, source: string, mask: Mask) {
  return filesOf(room, caseId, source, mask, (await room.desk.study()).task.quantification);
}

async function filesOf(
  room: Room,
  caseId: string,
  source: string,
  mask: Mask,
  analyses: readonly string[] | undefined,
): Promise<NamedFile[]> {
  const { config, task } = await room.desk.study();
  const placed = await room.originals.place(caseId, config.channels[0], mask);
  const { read, ...image } = placed.image;
  return room.aside.do("results", {
    ...{ placed: { image, mask: placed.mask }, pixels: await read(), analyses },
    ...{ labels: config.labels, task: task.name },
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
