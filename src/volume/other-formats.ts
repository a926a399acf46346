/** Image formats that Marrow knows by their ending and does not read. */
import { MarrowError } from "../base/errors.js";

/** Formats that are recognised by their ending and refused, with the tool that converts them. */
const otherFormats: readonly { ending: RegExp; name: string; tool: string }[] = [
  { ending: /\.mg[hz]$/i, name: "FreeSurfer MGH", tool: "`mri_convert IN.mgz OUT.nii.gz` (FreeSurfer)" },
  { ending: /\.(nrrd|nhdr)$/i, name: "NRRD", tool: "3D Slicer, or `c3d IN.nrrd -o OUT.nii.gz` (Convert3D)" },
  {
    ending: /\.(mha|mhd)$/i,
    name: "MetaImage",
    tool: "3D Slicer, or `c3d IN.mha -o OUT.nii.gz` (Convert3D)",
  },
  { ending: /\.(dcm|ima)$/i, name: "DICOM", tool: "`dcm2niix -z y FOLDER`" },
  { ending: /\.mnc2?(\.gz)?$/i, name: "MINC", tool: "`mnc2nii IN.mnc OUT.nii` (MINC tools)" },
  { ending: /\.(head|brik)(\.gz)?$/i, name: "AFNI", tool: "`3dAFNItoNIFTI IN+orig` (AFNI)" },
];

/** Refuses a path that is plainly another format. Throws IMAGE_FORMAT with the tool that converts it. */
export function refuseOtherFormats(path: string): void {
  const other = otherFormats.find(({ ending }) => ending.test(path));
  if (!other) return;
  const expected = ".nii, .nii.gz or .hdr with .img";
  const next = `Convert it to .nii.gz with ${other.tool}.`;
  throw new MarrowError("IMAGE_FORMAT", { file: path, expected, found: other.name, next });
}
