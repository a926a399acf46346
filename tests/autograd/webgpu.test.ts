import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { forDevice } from "../../src/autograd/for-device.js";
import { gradients } from "../../src/autograd/gradient.js";
import { compile } from "../../src/autograd/onnx/compile.js";
import { conv } from "../../src/autograd/operators/convolution.js";
import { mul, relu } from "../../src/autograd/operators/elementwise.js";
import { sum } from "../../src/autograd/operators/reduction.js";
import { type Device, floats, Session, value } from "../../src/autograd/runtime.js";
import { constant, input, type Tensor } from "../../src/autograd/tensor.js";
import { hasSoftwareVulkan } from "../software-vulkan.js";
import { relativeError, spread } from "./evaluate.js";
import { compositeExamples, type Example, operatorExamples } from "./gradient-examples.js";

/** Of the largest magnitude: a graphics card sums in another order than a processor. */
const tolerance = 1e-5;

/** The example's result and its gradients. */
async function resultsOn(device: Device, { inputs, build }: Example) {
  const specs = inputs.map((spec) => ("shape" in spec ? spec : { shape: spec, from: -1.5, to: 1.5 }));
  const tensors = specs.map(({ shape }, i) => input(`x${i}`, shape));
  const y = build(...tensors);
  const weights = constant(spread(y.shape, 77, 0.2, 1.2), y.shape);
  const grads = gradients(sum(mul(y, weights)), tensors);
  const outputs: Record<string, Tensor> = { y };
  grads.forEach((g, i) => (outputs[`grad.x${i}`] = g));
  const session = await Session.open(compile(await forDevice(outputs, device)), { device, threads: 1 });
  const feeds = specs.map(
    ({ shape, from, to }, i) => [`x${i}`, value(spread(shape, i + 1, from, to), shape)] as const,
  );
  const results = await session.run(Object.fromEntries(feeds));
  const read = Object.entries(results).map(([name, result]) => [name, floats(result)] as const);
  await session.close();
  return new Map(read);
}

const all: [string, Example][] = [
  ...Object.entries(operatorExamples).flatMap(([operator, examples]) =>
    examples.map((one): [string, Example] => [`${operator}: ${one.name}`, one]),
  ),
  ...compositeExamples.map((one): [string, Example] => [one.name, one]),
];

describe.skipIf(!hasSoftwareVulkan)("WebGPU computes and differentiates as the processor does", () => {
  it.each(all)("%s", async (_, example) => {
    const [expected, got] = [await resultsOn("cpu", example), await resultsOn("webgpu", example)];
    expect([...got.keys()]).toEqual([...expected.keys()]);
    for (const [name, reference] of expected)
      expect(relativeError(got.get(name) ?? [], reference), name).toBeLessThan(tolerance);
  });
});

/** Names of the operators that the runtime ran, its own insertions too, from its profile. */
async function operatorsRun(outputs: Record<string, Tensor>, feeds: Parameters<Session["run"]>[0]) {
  const folder = mkdtempSync(join(tmpdir(), "marrow-profile-"));
  const session = await Session.open(compile(outputs), { device: "webgpu", profile: join(folder, "run") });
  await session.run(feeds);
  session.endProfiling();
  await session.close();
  const events = JSON.parse(readFileSync(join(folder, readdirSync(folder)[0]), "utf8")) as {
    cat: string;
    args?: { op_name?: string };
  }[];
  rmSync(folder, { recursive: true });
  return events.filter(({ cat }) => cat === "Node").map(({ args }) => args?.op_name);
}

describe.skipIf(!hasSoftwareVulkan)("WebGPU's layout", () => {
  it("is the graph's where images have three spatial axes: nothing is transposed", async () => {
    const [image, weight] = [input("image", [1, 3, 4, 8, 8]), input("weight", [3, 3, 3, 3, 3])];
    const layer = (x: Tensor) => conv(x, weight, undefined, { padding: [1, 1, 1] });
    const feeds = [image, weight].map(({ name = "", shape }) => [
      name,
      value(spread(shape, 1, -1, 1), shape),
    ]);
    const ran = await operatorsRun(
      { y: layer(relu(layer(image))) },
      Object.fromEntries(feeds) as Parameters<Session["run"]>[0],
    );
    expect(ran.filter((name) => name?.endsWith("Conv"))).toHaveLength(2);
    expect(ran).not.toContain("Transpose");
  });
});
