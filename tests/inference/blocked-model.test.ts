import { describe, expect, it } from "vitest";
import { channelBlock } from "../../src/autograd/blocked/probe.js";
import { compile } from "../../src/autograd/onnx/compile.js";
import { decode } from "../../src/autograd/onnx/wire.js";
import { floats, Session, value } from "../../src/autograd/runtime.js";
import { Random } from "../../src/base/random.js";
import { blockedModel, type SplitModel } from "../../src/inference/blocked-model.js";
import { inferenceGraph } from "../../src/inference/graph.js";
import { initialValues } from "../../src/networks/layers.js";
import { relativeError } from "../autograd/evaluate.js";
import { makePlan } from "../training/data/plan.js";

const block = await channelBlock("cpu");
const features = [16, 16, 32, 32, 32, 16];
const plan = makePlan({
  patch: [32, 32, 1],
  networks: [{ name: "unet-2d", features, contextSlices: 0, dropout: 0, deepSupervision: false }],
});

function exported() {
  const { probabilities, layers, imageShape } = inferenceGraph(plan);
  const bytes = compile({ probabilities }, { stored: initialValues(layers, (name) => new Random(3, name)) });
  return { bytes, imageShape };
}

describe.skipIf(block === 1)("a model file on this machine", () => {
  it("runs on blocked channels and predicts what the plain file does", async () => {
    const { bytes, imageShape } = exported();
    const blocked = await blockedModel(decode("ModelProto", bytes), plan, block);
    if (!blocked) throw new Error("not rewritten");
    const domains = decode("ModelProto", blocked.bytes).graph?.node?.map((n) => n.domain ?? "");
    expect(domains).toContain("com.microsoft.nchwc");
    const random = new Random(4);
    const image = Float32Array.from({ length: imageShape.reduce((a, b) => a * b) }, () => random.normal());
    const [expected, found] = await Promise.all(
      [{ bytes }, blocked].map(async (model: Partial<SplitModel>) => {
        const { weights } = model;
        const session = await Session.open(model.bytes ?? bytes, weights ? { weights } : {});
        const results = await session.run({ image: value(image, imageShape) });
        await session.close();
        return floats(results["probabilities"]);
      }),
    );
    expect(relativeError(found, expected)).toBeLessThan(1e-4);
  });

  it("is left as it is where its graph is not the one of its plan", async () => {
    const model = decode("ModelProto", exported().bytes);
    const changed = model.graph?.node?.find((n) => n.opType === "LeakyRelu")?.attribute?.[0];
    if (!changed) throw new Error("no activation");
    changed.f = 0.3;
    expect(await blockedModel(model, plan, block)).toBeUndefined();
  });
});

it("a machine without blocked kernels uses the file", async () => {
  expect(await blockedModel(decode("ModelProto", exported().bytes), plan, 1)).toBeUndefined();
});
