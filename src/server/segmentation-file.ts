/** A mask as DICOM SEG in the study of the original images. */
import { MarrowError } from "../base/errors.js";
import { placeMask, sourceImages } from "../dicom/results/source-image.js";
import { openSource } from "../dicom/source.js";
import { writeDicom } from "../dicom/write-dicom.js";
import { dicomResults } from "../report/dicom-results/dicom-results.js";
import type { Mask } from "../volume/volume.js";
import type { Room } from "./room.js";

/** Bytes of a SEG file. Throws EXPORT_NO_DICOM, DICOM_GEOMETRY where no series lies on the mask's grid, and as reading DICOM does. */
export async function segmentationFile(room: Room, caseId: string, mask: Mask): Promise<Uint8Array> {
  if (room.dicom === undefined) throw new MarrowError("EXPORT_NO_DICOM");
  const { config, task } = await room.desk.study();
  const source = await openSource(room.dicom);
  try {
    const placed = placeMask(mask, await sourceImages(source), caseId);
    const { segmentation } = dicomResults({
      ...{
        placed,
        pixels: await placed.image.read(),
        labels: config.labels,
        task: task.name,
        measurements: [],
      },
      algorithm: { type: "SEMIAUTOMATIC", name: "Marrow reading room", version: room.version },
      ...{ version: room.version, made: room.clock() },
    });
    return writeDicom(segmentation);
  } finally {
    await source.close();
  }
}
