/** Four patients' DICOM series, made from the oblique test volume: one geometry, different grey values. */
import { transformPoint } from "../../src/volume/geometry.js";
import { writeDicom } from "../../src/dicom/write-dicom.js";
import type { Volume } from "../../src/volume/volume.js";
import { sliceOf } from "../dicom/make-dicom.js";

export interface SentFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Slices of `patients` people, as a scanner would write them; names of files name the people, as they often do. */
export function dicomPatients(volume: Volume, patients: number): SentFile[] {
  const { size, affine, data } = volume;
  const column = (n: number) => [affine[n], affine[4 + n], affine[8 + n]];
  const unit = (v: number[]) => v.map((x) => x / Math.hypot(...v));
  const [across, down] = [column(0), column(1)];
  return Array.from({ length: patients }, (_, n) =>
    Array.from({ length: size[2] }, (_, k) => {
      const slice = sliceOf({
        ...{ patient: `Person^Number${n}`, study: `1.2.840.4711.${n + 1}`, instance: k + 1 },
        ...{ columns: size[0], rows: size[1] },
        spacing: [Math.hypot(...across), Math.hypot(...down)],
        orientation: [...unit(across), ...unit(down)],
        position: transformPoint(affine, [0, 0, k]) as unknown as [number, number, number],
        value: (i, j) =>
          Math.round(data[i + size[0] * (j + size[1] * k)]) + n * (7 + ((31 * i + 17 * j) % 11)),
        texts: { "0008103E": "t1_tse_cor_obl", "00180020": "SE", "00080005": "ISO_IR 192" },
        numbers: { "00180080": [550], "00180081": [12] },
      });
      return { name: `Number${n}/IM${k}.dcm`, bytes: Uint8Array.from(writeDicom(slice)) };
    }),
  ).flat();
}
