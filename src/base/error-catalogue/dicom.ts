/** What can go wrong with DICOM, downloads, de-identification and the PACS. */
import type { Entries } from "./entry.js";

export const dicom = {
  DICOM_NOT_DICOM: {
    what: "The file is not a DICOM file.",
    next: "Nothing, if it belongs to something else; else get it again from its source.",
  },
  DICOM_DAMAGED: {
    what: "The DICOM file is too damaged to be read.",
    next: "Copy or export it again.",
  },
  DICOM_NO_IMAGE: {
    what: "The DICOM file holds no image.",
    next: "Nothing; reports, presentation states and the like have no voxels.",
  },
  DICOM_PIXELS: {
    what: "The pixel data cannot be decoded.",
    next: "Copy or export the file again; it is incomplete or damaged.",
  },
  DICOM_TRANSFER_SYNTAX: {
    what: "This compression of pixel data is not supported.",
    next: "Export the images uncompressed, or with JPEG Lossless, JPEG-LS, JPEG 2000, HTJ2K or RLE.",
  },
  DICOM_IMAGE_TYPE: {
    what: "This kind of image is no MR volume.",
    next: "Nothing; Marrow imports grey-scale images with a place in the patient.",
  },
  DICOM_GEOMETRY: {
    what: "The slices make no volume.",
    next: "Export the whole series again, or correct the table and import again.",
  },
  DICOM_TOO_LARGE: {
    what: "The file or image is larger than can be read.",
    next: "Export it as single slices, or in parts.",
  },
  DOWNLOAD_FAILED: {
    what: "The download broke off.",
    next: "Check the network and run the same command again, or download the file yourself and import it.",
  },
  DOWNLOAD_REFUSED: {
    what: "The address does not give a file.",
    next: "Check the address. What needs a login or a click must be downloaded by you; then import the file.",
  },
  DOWNLOAD_TOO_LARGE: {
    what: "The download is larger than allowed.",
    next: "Allow more with --max-download, or download it yourself and import the file.",
  },
  DEID_KEY: {
    what: "The project key cannot be used.",
    next: "Give the file that `marrow deidentify --key` made, or a name that does not exist yet for a new key.",
  },
  DEID_MAP: {
    what: "The pseudonym map cannot be opened.",
    next: "Give the passphrase or key it was made with; without it nothing can be read from it.",
  },
  DEID_NOTHING: {
    what: "No DICOM file was found.",
    next: "Check the path; archives other than zip must be unpacked first.",
  },
  PACS_CONFIG: {
    what: "The file of PACS connections cannot be used.",
    next: "Correct it; docs/how-to/pacs.md shows one.",
  },
  PACS_SECRET: {
    what: "The secret of a PACS connection cannot be used.",
    next: "Put it into the environment variable or the file that the connection names.",
  },
  PACS_UNREACHABLE: {
    what: "The PACS does not answer.",
    next: "Check address, port and network, and whether the PACS is running.",
  },
  PACS_REFUSED: {
    what: "The PACS refuses.",
    next: "Ask its administrator whether Marrow's AE title or account may do this.",
  },
  PACS_ANSWER: {
    what: "The PACS answers with something else than was asked for.",
    next: "Check that the address is that of the DICOMweb service.",
  },
  PACS_LISTEN: {
    what: "Marrow cannot listen at this address.",
    next: "Choose another port under `listen`, or stop what uses it.",
  },
} as const satisfies Entries;
