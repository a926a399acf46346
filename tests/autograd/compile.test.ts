import { describe, expect, it } from "vitest";
import { compile, type CompileOptions, topological } from "../../src/autograd/onnx/compile.js";
import { decode } from "../../src/autograd/onnx/wire.js";
import { conv, convTranspose } from "../../src/autograd/operators/convolution.js";
import { add, cast, exp, greater, mul, relu, where } from "../../src/autograd/operators/elementwise.js";
import { matmul } from "../../src/autograd/operators/matmul.js";
import { maxPool } from "../../src/autograd/operators/pooling.js";
import { sum } from "../../src/autograd/operators/reduction.js";
import { concat, expand, reshape, scatterAdd, slice } from "../../src/autograd/operators/shape.js";
import { gradients } from "../../src/autograd/gradient.js";
import { floats, Session, value } from "../../src/autograd/runtime.js";
import { constant, input, parameter, scalar, type Tensor } from "../../src/autograd/tensor.js";
import { evaluate } from "./evaluate.js";

function graphOf(outputs: Record<string, Tensor>, options?: CompileOptions) {
  const { graph } = decode("ModelProto", compile(outputs, options));
  return {
    operators: graph?.node?.map((n) => n.opType) ?? [],
    nodes: graph?.node ?? [],
    inputs: graph?.input?.map((i) => i.name) ?? [],
    outputs: graph?.output ?? [],
    initializers: graph?.initializer ?? [],
  };
}

const x = input("x", [4]);
const feeds = { x: { shape: [4], data: Float32Array.of(-1, 0, 2, 3) } };

describe("weights apart from the model", () => {
  const shape = [4, 512];
  const weights = new Map([
    ["w", Float32Array.from({ length: 2048 }, (_, i) => Math.sin(i))],
    ["small", Float32Array.of(2)],
  ]);
  const y = sum(mul(mul(parameter("w", shape), parameter("small", [1])), input("v", shape)), [0, 1]);

  it("are named in the file and read from where they are", async () => {
    const bytes = compile({ y }, { stored: weights, apart: true });
    expect(bytes.length).toBeLessThan(1024);
    const results = [];
    for (const model of [{ bytes, options: { weights } }, { bytes: compile({ y }, { stored: weights }) }]) {
      const session = await Session.open(model.bytes, model.options);
      const feed = value(
        Float32Array.from({ length: 2048 }, (_, i) => Math.cos(3 * i)),
        shape,
      );
      results.push(floats((await session.run({ v: feed }))["y"]));
      await session.close();
    }
    expect(results[0]).toEqual(results[1]);
    expect(results[0][0]).not.toBe(0);
  });

  it("must be given", async () => {
    const bytes = compile({ y }, { stored: weights, apart: true });
    await expect(Session.open(bytes)).rejects.toThrow();
  });
});

describe("topological", () => {
  it("puts every node behind its inputs, once", () => {
    const a = exp(x);
    const b = add(a, relu(a));
    const order = topological([b, a, mul(b, a)]);
    expect(new Set(order).size).toBe(order.length);
    for (const [i, tensor] of order.entries())
      for (const before of tensor.inputs) expect(order.indexOf(before)).toBeLessThan(i);
    expect(order.length).toBe(5);
  });

  it("walks chains that are too long for recursion", () => {
    let y: Tensor = x;
    for (let i = 0; i < 50_000; i++) y = relu(y);
    expect(topological([y]).length).toBe(50_001);
  });
});

describe("compile", () => {
  it("emits equal subgraphs once", () => {
    const one = add(relu(exp(x)), relu(exp(x)));
    expect(graphOf({ one }).operators).toEqual(["Exp", "Relu", "Add"]);
  });

  it("tells apart what differs in one attribute or input only", async () => {
    const y = concat([slice(x, [0], [2]), slice(x, [2], [2]), slice(x, [0], [2], [2])], 0);
    expect([...(await evaluate({ y }, feeds))["y"]]).toEqual([-1, 0, 2, 3, -1, 2]);
    const { operators } = graphOf({ a: relu(x), b: relu(input("other", [4])) });
    expect(operators).toEqual(["Relu", "Relu"]);
  });

  it("takes two inputs of one name for one", () => {
    expect(graphOf({ y: add(relu(x), relu(input("x", [4]))) })).toMatchObject({
      operators: ["Relu", "Add"],
      inputs: ["x"],
    });
  });

  it("leaves out what no output needs", () => {
    const unused = parameter("unused", [4]);
    mul(x, unused);
    const { operators, inputs, initializers } = graphOf({ y: relu(x) });
    expect([operators, inputs, initializers]).toEqual([["Relu"], ["x"], []]);
  });

  it("asks a pooling for the places of its maxima only where a gradient reads them", () => {
    const image = input("image", [1, 1, 4, 4]);
    const y = maxPool(image, [2, 2]);
    const outputsOf = (outputs: Record<string, Tensor>) =>
      graphOf(outputs).nodes.find((n) => n.opType === "MaxPool")?.output?.length;
    expect(outputsOf({ y })).toBe(1);
    expect(outputsOf({ y, g: gradients(sum(y), [image])[0] })).toBe(2);
  });

  it("copies results that are inputs, constants or a second name of a result", async () => {
    const y = exp(x);
    const results = await evaluate(
      { same: x, first: y, second: y, fixed: constant(Float32Array.of(7)), next: relu(y) },
      feeds,
    );
    expect(Object.keys(results).sort()).toEqual(["first", "fixed", "next", "same", "second"]);
    expect(results["same"]).toEqual(feeds.x.data);
    expect(results["second"]).toEqual(results["first"]);
    expect([...results["fixed"]]).toEqual([7]);
    expect(results["next"]).toEqual(results["first"]);
  });

  it("feeds parameters, or stores those whose values it is given", async () => {
    const w = parameter("w", [4]);
    const y = add(mul(x, w), parameter("b", [1]));
    expect(graphOf({ y }).inputs.sort()).toEqual(["b", "w", "x"]);
    const { inputs, initializers } = graphOf(
      { y },
      { stored: new Map([["w", Float32Array.of(1, 2, 3, 4)]]) },
    );
    expect(inputs.sort()).toEqual(["b", "x"]);
    expect(initializers.map((i) => [i.name, i.dims])).toEqual([["w", [4]]]);
  });

  it("states shape and type of each result", () => {
    const { outputs } = graphOf({ image: reshape(x, [2, 2]), isPositive: greater(x, scalar(0)) });
    expect(
      outputs.map((o) => [o.name, o.type?.tensorType?.elemType, o.type?.tensorType?.shape?.dim]),
    ).toEqual([
      ["image", 1, [{ dimValue: 2 }, { dimValue: 2 }]],
      ["isPositive", 9, [{ dimValue: 4 }]],
    ]);
  });

  it("writes description, metadata and versions", () => {
    const model = decode(
      "ModelProto",
      compile({ y: relu(x) }, { description: "d", metadata: { a: "1", b: "" } }),
    );
    expect(model).toMatchObject({
      docString: "d",
      producerName: "marrow",
      opsetImport: [{ domain: "", version: 20 }],
    });
    expect(model.metadataProps).toEqual([
      { key: "a", value: "1" },
      { key: "b", value: "" },
    ]);
  });

  it("keeps masks of bytes apart from floats", async () => {
    const labels = constant(Uint8Array.of(0, 1, 2, 1));
    const y = where(greater(cast(labels, "float32"), scalar(0)), x, scalar(-5));
    expect([...(await evaluate({ y }, feeds))["y"]]).toEqual([-5, 0, 2, 3]);
  });
});

describe("shapes that do not fit are refused with the operator's name", () => {
  const t = (...shape: number[]) => input("t", shape);
  it.each<[string, () => Tensor]>([
    ["add", () => add(t(2, 3), t(2, 4))],
    ["matmul", () => matmul(t(2, 3), t(2, 3))],
    ["matmul", () => matmul(t(3), t(3, 2))],
    ["matmul", () => matmul(t(2, 2, 3), t(3, 3, 2))],
    ["conv", () => conv(t(1, 3, 5, 5), t(4, 2, 3, 3))],
    ["conv", () => conv(t(1, 4, 5, 5), t(4, 4, 3, 3), undefined, { groups: 2 })],
    ["convTranspose", () => convTranspose(t(1, 3, 5, 5), t(2, 3, 2, 2))],
    ["convTranspose", () => convTranspose(t(1, 4, 5, 5), t(4, 2, 2, 2), undefined, { groups: 2 })],
    ["reshape", () => reshape(t(2, 3), [4])],
    ["slice", () => slice(t(5), [3], [3])],
    ["slice", () => slice(t(5), [0], [3], [3])],
    ["concat", () => concat([t(2, 3), t(3, 3)], 1)],
  ])("%s", (name, build) => {
    expect(build).toThrow(expect.objectContaining({ code: "GRAPH_SHAPE" }));
    expect(build).toThrow(name);
  });

  it("lets shapes that fit pass", () => {
    expect(expand(t(1, 3), [2, 3]).shape).toEqual([2, 3]);
    expect(scatterAdd(t(2), 0, [1, 1], [3]).shape).toEqual([3]);
  });
});
