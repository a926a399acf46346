/** Takes a file through everything the import does with it, for tests with damaged files. */
import { asMarrowError } from "../base/errors.js";
import { frameAttributes } from "./attributes.js";
import { evidenceOf } from "./evidence.js";
import { normalOf } from "./frame.js";
import { framesOf } from "./frames-of.js";
import { readDicom } from "./read-dicom.js";
import { readVolume } from "./read-volume.js";
import { recognise } from "./recognise.js";
import { sidecarOf } from "./sidecar.js";
import { stackGeometry } from "./stack-geometry.js";
import { stacksOf } from "./stacks.js";
import { writeDicom } from "./write-dicom.js";

/** `read`, or the code of the error and its message; INTERNAL is a fault of Marrow. */
export async function check(bytes: Uint8Array, file: string): Promise<string> {
  try {
    const image = readDicom(bytes, file);
    readDicom(writeDicom(image), file);
    const { stacks } = stacksOf(framesOf(image, file));
    for (const stack of stacks.slice(0, 2)) {
      const geometry = stackGeometry(stack.frames);
      const attributes = frameAttributes(image.dataset, stack.frames[0].index);
      recognise(evidenceOf(attributes, normalOf(stack.frames[0]), geometry.size[2]));
      sidecarOf(attributes);
      await readVolume(geometry, async () => image);
    }
    return "read";
  } catch (error) {
    const known = asMarrowError(error, file);
    const stack = known.code === "INTERNAL" && error instanceof Error ? ` ${error.stack ?? ""}` : "";
    return `${known.code} ${known.details.found ?? ""}${stack}`;
  }
}
