import { describe, expect, it } from "vitest";
import { input, type Shape, sizeOf, type Tensor } from "../../src/autograd/tensor.js";
import { Random } from "../../src/base/random.js";
import { initialValues, Layers } from "../../src/networks/layers.js";
import { evaluate, type Fed } from "../autograd/evaluate.js";

const random = new Random(8);
const drawn = (shape: Shape): Fed & { data: Float32Array<ArrayBuffer> } => ({
  shape,
  data: Float32Array.from({ length: sizeOf(shape) }, () => random.normal()),
});

/** What a layer makes of x with the given parameters. */
async function apply(
  layer: (layers: Layers, x: Tensor) => Tensor,
  x: Fed,
  parameters: Record<string, Fed>,
  training = false,
) {
  const layers = new Layers(training);
  const y = layer(layers, input("x", x.shape));
  expect([...layers.parameters.keys()].sort()).toEqual(Object.keys(parameters).sort());
  const masks = layers.dropoutMasks.map(({ tensor }) => [tensor.name as string, drawn(tensor.shape)]);
  const feeds = Object.fromEntries(masks) as Record<string, Fed & { data: Float32Array }>;
  return { y: (await evaluate({ y }, { x, ...parameters, ...feeds }))["y"], shape: y.shape, feeds };
}

describe("linear", () => {
  it("is x · weightᵀ + bias over the last axis", async () => {
    const [x, weight, bias] = [drawn([2, 3, 4]), drawn([5, 4]), drawn([5])];
    const { y, shape } = await apply((l, t) => l.linear("a", t, 5), x, {
      "a.weight": weight,
      "a.bias": bias,
    });
    expect(shape).toEqual([2, 3, 5]);
    y.forEach((value, n) => {
      const [row, out] = [Math.floor(n / 5), n % 5];
      const dot = [0, 1, 2, 3].reduce((s, i) => s + x.data[4 * row + i] * weight.data[4 * out + i], 0);
      expect(value).toBeCloseTo(dot + bias.data[out], 5);
    });
  });
});

describe("convTranspose", () => {
  it("spreads every voxel through the kernel, twice as far apart", async () => {
    // One axis carries everything: y[2i − 1 + t] += x[i] · w[t], t = 0, 1, 2, within 0 … 7.
    const [x, weight, bias] = [drawn([1, 1, 1, 4]), drawn([1, 1, 1, 3]), drawn([1])];
    const { y, shape } = await apply((l, t) => l.convTranspose("a", t, 1, [1, 3], [1, 2]), x, {
      "a.weight": weight,
      "a.bias": bias,
    });
    expect(shape).toEqual([1, 1, 1, 8]);
    const expected = new Float64Array(8).fill(bias.data[0]);
    x.data.forEach((value, i) =>
      weight.data.forEach((w, t) => {
        const at = 2 * i - 1 + t;
        if (at >= 0 && at < 8) expected[at] += value * w;
      }),
    );
    y.forEach((value, n) => expect(value).toBeCloseTo(expected[n], 5));
  });
});

describe("layerNorm", () => {
  it("takes mean and deviation of every row, then scales and shifts", async () => {
    const [x, scale, shift] = [drawn([1, 3, 6]), drawn([6]), drawn([6])];
    const { y } = await apply((l, t) => l.layerNorm("a", t), x, { "a.weight": scale, "a.bias": shift });
    for (let row = 0; row < 3; row++) {
      const values = [...x.data.subarray(6 * row, 6 * row + 6)];
      const mean = values.reduce((a, b) => a + b) / 6;
      const sd = Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / 6 + 1e-5);
      values.forEach((v, i) => {
        expect(y[6 * row + i]).toBeCloseTo(((v - mean) / sd) * scale.data[i] + shift.data[i], 4);
      });
    }
  });
});

describe("dropout", () => {
  const x = drawn([2, 3, 4]);

  it("masks single elements in training", async () => {
    const { y, feeds } = await apply((l, t) => l.dropout(t, 0.5), x, {}, true);
    const [mask] = Object.values(feeds);
    expect(mask.shape).toEqual([2, 3, 4]);
    y.forEach((value, n) => expect(value).toBeCloseTo(x.data[n] * mask.data[n], 5));
  });

  it.each([
    ["outside training", 0.5, false],
    ["with probability 0", 0, true],
  ])("does nothing %s", (_, probability, training) => {
    const layers = new Layers(training);
    const t = input("x", [2, 3, 4]);
    expect(layers.dropout(t, probability)).toBe(t);
    expect(layers.dropoutMasks).toEqual([]);
  });
});

describe("start values", () => {
  const layers = new Layers(true);
  layers.linear("linear", input("x", [1, 400]), 200);
  layers.prelu("slope", input("x", [1, 4]));
  layers.parameter("positions", [1, 80, 200], { deviation: 0.02 });
  const values = initialValues(layers, (name) => new Random(5, name));
  const deviation = (name: string) => {
    const data = values.get(name) ?? new Float32Array();
    return Math.sqrt(data.reduce((s, v) => s + v * v, 0) / data.length);
  };

  it("are uniform within 1/√inputs for a linear layer", () => {
    const weight = values.get("linear.weight") ?? new Float32Array();
    expect(Math.max(...weight.map(Math.abs))).toBeLessThanOrEqual(0.05);
    expect(deviation("linear.weight")).toBeCloseTo(0.05 / Math.sqrt(3), 3);
  });

  it("are normal for embedded positions, and a quarter for a slope", () => {
    expect(deviation("positions")).toBeCloseTo(0.02, 3);
    expect([...(values.get("slope.weight") ?? [])]).toEqual([0.25]);
  });
});
