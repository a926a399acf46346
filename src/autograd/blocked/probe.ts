/** How many channels ONNX Runtime's kernels block together on this machine. */
import { compile } from "../onnx/compile.js";
import { input } from "../tensor.js";
import { reorderInput } from "./operators.js";
import { type Device, floats, Session, value } from "../runtime.js";

const channels = 64;
let known: Promise<number> | undefined;

/** Channels a block on this device; 1 where blocked kernels are missing (other devices, other processors). */
export async function channelBlock(device: Device): Promise<number> {
  if (device !== "cpu") return 1;
  known ??= probe().catch(() => 1);
  return known;
}

/** Channel c holds the number c; the second voxel's first value tells where its block begins. */
async function probe(): Promise<number> {
  const shape = [1, channels, 1, 2];
  const blocked = reorderInput(input("x", shape));
  const session = await Session.open(compile({ blocked }));
  const x = Float32Array.from({ length: channels * 2 }, (_, i) => (i % 2) * 1000 + Math.floor(i / 2));
  const result = floats((await session.run({ x: value(x, shape) }))["blocked"]);
  await session.close();
  const block = result.indexOf(1000);
  return block > 1 && channels % block === 0 ? block : 1;
}
