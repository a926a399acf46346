/** From dropped files to volumes: NIfTI (also .hdr with .img), and DICOM slices, sorted into volumes as `marrow import` does. */
import { asMarrowError, type MarrowError } from "../src/base/errors.js";
import { decodeNifti } from "../src/volume/nifti-decode.js";
import { refuseOtherFormats } from "../src/volume/other-formats.js";
import type { Volume } from "../src/volume/volume.js";
import { unpackedBytes } from "./bytes.js";

export interface LoadedImage {
  readonly name: string;
  readonly volume: Volume;
  /** What was not as it should be, in words. */
  readonly notes: readonly string[];
}

export interface Loaded {
  readonly images: readonly LoadedImage[];
  /** What could not be read, one error a file; of DICOM files that hold no MR image none. */
  readonly errors: readonly MarrowError[];
}

const niftiName = /\.(nii|hdr|img)(\.gz)?$/i;
const headerName = /\.hdr(\.gz)?$/i;
/** What lies about in image folders and is no image. */
const bystander = /(^|\/)(\.|DICOMDIR$)|\.(txt|json|xml|tsv|csv|md|pdf|html?|jpe?g|png|onnx)$/i;

/** Reads all files; one that cannot be used is listed and the rest goes on. */
export async function loadImages(files: readonly File[]): Promise<Loaded> {
  const others = files.filter(({ name }) => !niftiName.test(name) && !bystander.test(name));
  const nifti = await loadAll(
    files.filter(({ name }) => niftiName.test(name) && !voxelsOfAnother(name, files)),
    (file) => loadNifti(file, files),
  );
  const refused = await loadAll(others, async ({ name }) => refuseOtherFormats(dicomless(name)));
  const rest = others.filter(({ name }) => !refused.errors.some(({ details }) => details.file === name));
  if (rest.length === 0) return { images: nifti.images, errors: [...nifti.errors, ...refused.errors] };
  const { loadDicom } = await import("./dicom-images.js");
  const dicom = await loadDicom(rest);
  return {
    images: [...nifti.images, ...dicom.images],
    errors: [...nifti.errors, ...refused.errors, ...dicom.errors],
  };
}

/** DICOM, which Marrow refuses as NIfTI, is read here: its endings pass. */
const dicomless = (name: string) => name.replace(/\.(dcm|ima)$/i, "");

async function loadAll(
  files: readonly File[],
  load: (file: File) => Promise<LoadedImage | void>,
): Promise<{ images: LoadedImage[]; errors: MarrowError[] }> {
  const [images, errors]: [LoadedImage[], MarrowError[]] = [[], []];
  for (const file of files) {
    try {
      const image = await load(file);
      if (image) images.push(image);
    } catch (error) {
      errors.push(asMarrowError(error, file.name));
    }
  }
  return { images, errors };
}

const stem = (name: string) => name.replace(niftiName, "");
const twinOf = ({ name }: File, files: readonly File[]) =>
  files.find((other) => other.name !== name && stem(other.name) === stem(name) && niftiName.test(other.name));

/** An .img whose .hdr is there too is read with that. */
const voxelsOfAnother = (name: string, files: readonly File[]) =>
  /\.img(\.gz)?$/i.test(name) &&
  files.some((other) => headerName.test(other.name) && stem(other.name) === stem(name));

async function loadNifti(file: File, files: readonly File[]): Promise<LoadedImage> {
  const voxels = headerName.test(file.name) ? twinOf(file, files) : undefined;
  const header = await unpackedBytes(file);
  const pair = voxels && { voxels: await unpackedBytes(voxels), voxelsName: voxels.name };
  const { data, size, affine } = decodeNifti({ name: file.name, header, ...pair });
  return { name: file.name, volume: { data, size, affine }, notes: [] };
}
