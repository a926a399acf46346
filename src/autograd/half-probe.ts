/** Whether a device computes on 16-bit floats. */
import { MarrowError } from "../base/errors.js";
import { halfPrecision } from "./half.js";
import { compile } from "./onnx/compile.js";
import { conv } from "./operators/convolution.js";
import { type Device, floats, Session, value } from "./runtime.js";
import { input } from "./tensor.js";

const [shape, kernel] = [
  [1, 2, 4, 4],
  [2, 2, 1, 1],
] as const;
const known = new Map<Device, Promise<string | undefined>>();

/** Throws DEVICE_PRECISION where the device has no 16-bit floats, with what it says. */
export async function requireHalf(device: Device): Promise<void> {
  const attempt = known.get(device) ?? probe(device);
  known.set(device, attempt);
  const found = await attempt;
  if (found !== undefined)
    throw new MarrowError("DEVICE_PRECISION", { expected: `16-bit floats on device ${device}`, found });
}

/** Why not, or undefined. */
async function probe(device: Device): Promise<string | undefined> {
  const y = conv(input("x", shape), input("w", kernel));
  try {
    const session = await Session.open(compile(halfPrecision({ y })), { device });
    const x = Float32Array.from({ length: 32 }, (_, i) => i);
    const result = await session.run({ x: value(x, shape), w: value(Float32Array.of(1, 0, 0, 2), kernel) });
    await session.close();
    const isRight = floats(result["y"]).every((v, i) => v === (i < 16 ? i : 2 * i));
    return isRight ? undefined : "wrong results";
  } catch (error) {
    return error instanceof MarrowError ? (error.details.found ?? error.message) : String(error);
  }
}
