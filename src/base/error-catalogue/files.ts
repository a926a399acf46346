/** What can go wrong with files, memory, images and arguments. */
import type { Entries } from "./entry.js";

export const files = {
  FILE_NOT_FOUND: { what: "The file or folder does not exist.", next: "Check the path." },
  FILE_UNREADABLE: {
    what: "The file cannot be read.",
    next: "Check its permissions and that it is no folder.",
  },
  FILE_UNWRITABLE: { what: "The file cannot be written.", next: "Check the folder's permissions." },
  DISK_FULL: {
    what: "The disk is full.",
    next: "Free some space and run the same command again; finished work is kept.",
  },
  OUT_OF_MEMORY: {
    what: "The machine ran out of memory.",
    next: "Choose a smaller patch or batch in the plan.",
  },
  MEMORY_LIMIT: {
    what: "It would not fit into memory.",
    next: "Choose one of the ways listed.",
  },
  BAD_ARGUMENT: { what: "An option or argument is wrong.", next: "See `marrow help COMMAND`." },
  NIFTI_NOT_NIFTI: { what: "The file is not a NIfTI image.", next: "Convert it to .nii or .nii.gz." },
  NIFTI_HEADER: {
    what: "The NIfTI header is damaged or makes no sense.",
    next: "Write the file again with the tool that made it.",
  },
  NIFTI_TRUNCATED: { what: "The file ends too early.", next: "Copy or download it again; it is incomplete." },
  NIFTI_DAMAGED: { what: "The compressed data are damaged.", next: "Copy or download the file again." },
  NIFTI_NO_VOXELS: {
    what: "There is a header but there are no voxels.",
    next: "Put the .img file beside the .hdr file.",
  },
  NIFTI_DATATYPE: {
    what: "This type of voxel cannot be used.",
    next: "Convert the image to one real number per voxel.",
  },
  NIFTI_INTEGER_RANGE: {
    what: "A 64-bit integer is too large to be kept exactly.",
    next: "Save the image with a smaller integer type.",
  },
  NIFTI_FRAMES: {
    what: "The image has more than three dimensions.",
    next: "Split it into one 3-D file per frame.",
  },
  NIFTI_AFFINE: {
    what: "The image's position in the patient is unusable.",
    next: "Repair its sform or qform.",
  },
  MASK_NOT_LABELS: {
    what: "A mask must hold whole numbers from 0 to 255.",
    next: "Check that this file is a mask, not an image.",
  },
  IMAGE_FORMAT: { what: "This image format is not supported.", next: "Convert it to .nii.gz." },
  GRID_MISMATCH: {
    what: "Two images do not lie on the same grid.",
    next: "Resample one onto the other's grid first.",
  },
  ZIP_DAMAGED: {
    what: "The zip archive cannot be read.",
    next: "Unpack it yourself and import the folder.",
  },
  INTERNAL: { what: "Marrow itself is at fault.", next: "Please report this with the command you ran." },
} as const satisfies Entries;
