/**
 * Tries a device: a tiny training step of a convolution with norm, activation and pooling, against the processor. Run as a
 * process of its own (`node device-trial.js DEVICE`), since a broken driver may end it; prints a `Trial` as JSON.
 */
import { forDevice } from "./for-device.js";
import { gradients } from "./gradient.js";
import { asMarrowError } from "../base/errors.js";
import { instanceNorm } from "./norms.js";
import { compile } from "./onnx/compile.js";
import { conv } from "./operators/convolution.js";
import { leakyRelu, mul, sub } from "./operators/elementwise.js";
import { maxPool } from "./operators/pooling.js";
import { sumSquare } from "./operators/reduction.js";
import { reshape } from "./operators/shape.js";
import { type Device, deviceNames, floats, Session, value } from "./runtime.js";
import { input, parameter, scalar, type Shape, sizeOf } from "./tensor.js";

export type Trial =
  | { readonly works: true; readonly openMs: number; readonly stepMs: number; readonly error: number }
  | { readonly works: false; readonly why: string };

/** Largest difference from the processor's result, relative to its largest number, that is rounding. */
const tolerance = 1e-4;
const shapes = { image: [1, 2, 4, 8, 8], weight: [4, 2, 3, 3, 3] } as const;

/** Numbers in ±1 without a pattern, the same everywhere. */
const numbers = (shape: Shape) =>
  Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(12.9898 * i * i));

function stepOf() {
  const [image, weight] = [input("image", shapes.image), parameter("weight", shapes.weight)];
  const y = maxPool(
    leakyRelu(instanceNorm(conv(image, weight, undefined, { padding: [1, 1, 1] })), 0.1),
    [2, 2, 2],
  );
  const loss = reshape(sumSquare(y), [1]);
  return { next: sub(weight, mul(gradients(loss, [weight])[0], scalar(0.01))), loss };
}

async function computed(device: Device) {
  const started = performance.now();
  const session = await Session.open(compile(await forDevice(stepOf(), device)), { device });
  const openMs = performance.now() - started;
  const feeds = {
    image: value(numbers(shapes.image), shapes.image),
    weight: value(numbers(shapes.weight), shapes.weight),
  };
  const first = floats((await session.run(feeds))["next"]);
  const again = performance.now();
  await session.run(feeds);
  const stepMs = performance.now() - again;
  await session.close();
  return { next: first, openMs, stepMs };
}

async function tried(device: Device): Promise<Trial> {
  try {
    const [expected, got] = [await computed("cpu"), await computed(device)];
    const scale = Math.max(...expected.next.map(Math.abs));
    const error = Math.max(...expected.next.map((v, i) => Math.abs(v - (got.next[i] ?? NaN)))) / scale;
    if (!(error <= tolerance)) return { works: false, why: `wrong results (by ${error.toExponential(1)})` };
    return { works: true, openMs: got.openMs, stepMs: got.stepMs, error };
  } catch (error) {
    const { details, message } = asMarrowError(error);
    return { works: false, why: details.found ?? message };
  }
}

const device = deviceNames.find((name) => name === process.argv[2]);
if (device) console.log(JSON.stringify(await tried(device)));
