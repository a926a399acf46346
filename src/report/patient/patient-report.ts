/** `marrow report STUDY --patient SUB`: one page about one patient. */
import { join } from "node:path";
import { writeText } from "../../study/files.js";
import { readMask, readNifti } from "../../volume/nifti.js";
import type { Mask } from "../../volume/volume.js";
import { sliceAxisOf } from "../../statistics/slice-dice.js";
import { planeOf } from "../plane.js";
import { slicePicture, type Picture } from "../picture.js";
import { heatPicture, hottestSlices, onGridOf } from "../heat-picture.js";
import { readPatient, type PatientData, type PatientOptions } from "./patient-data.js";
import { patientPage, type PatientPictures } from "./patient-page.js";

/** Writes `<out>/<subject>.html` and returns its path. Throws as `readPatient` does, FILE_UNWRITABLE, DISK_FULL. */
export async function writePatientReport(
  folder: string,
  id: string,
  out: string,
  options: PatientOptions & { readonly version?: string } = {},
): Promise<string> {
  const data = await readPatient(folder, id, options);
  const made = `Made by Marrow ${options.version ?? ""} on ${new Date().toISOString().slice(0, 10)}.`;
  const page = join(out, `${data.subject}.html`);
  await writeText(page, patientPage(data, await picturesOf(data), made));
  return page;
}

async function picturesOf({ examinations, classified }: PatientData): Promise<PatientPictures> {
  const { image = "", mask = "" } = examinations.at(-1)?.files ?? {};
  const [volume, prediction] = [await readNifti(image), await readMask(mask)];
  const slices = keySlices(prediction);
  const options = { pixels: 560, zoomTo: { prediction }, marginMm: 40 };
  const keyImages = slices.map((slice): Picture => {
    const png = slicePicture(volume, { prediction }, slice, options);
    return { caption: `Slice ${slice + 1}, outline orange`, png };
  });
  if (classified?.one.heatmap === undefined) return { keyImages, heat: undefined };
  const heat = onGridOf(volume, await readNifti(classified.one.heatmap));
  const [slice] = hottestSlices(heat, 1);
  const caption = `Where the classifier looked, slice ${slice + 1}`;
  return { keyImages, heat: { caption, png: heatPicture(volume, heat, slice, { pixels: 420 }) } };
}

/** The three slices with most lesion, in the order of the file; the middle ones of an empty mask. */
export function keySlices(mask: Mask, count = 3): number[] {
  const axis = sliceAxisOf(mask);
  const areas = Array.from({ length: mask.size[axis] }, (_, slice) => ({
    slice,
    area: Array.from(planeOf(mask, axis, slice).data).filter((value) => value > 0).length,
    middle: Math.abs(slice - (mask.size[axis] - 1) / 2),
  }));
  const chosen = areas.sort((a, b) => b.area - a.area || a.middle - b.middle).slice(0, count);
  return chosen.map(({ slice }) => slice).sort((a, b) => a - b);
}
