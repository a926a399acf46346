import { describe, expect, it } from "vitest";
import { compile } from "../../src/autograd/onnx/compile.js";
import { add, greater, relu } from "../../src/autograd/operators/elementwise.js";
import { type Device, floats, Session, value } from "../../src/autograd/runtime.js";
import { input, scalar } from "../../src/autograd/tensor.js";

const x = input("x", [3]);
const y = input("y", [3]);
const data = Float32Array.of(-1, 0, 2);

describe("Session", () => {
  it("names its inputs and outputs and computes", async () => {
    const session = await Session.open(compile({ sum: add(x, y), positive: relu(x) }));
    expect([...session.inputs].sort()).toEqual(["x", "y"]);
    expect([...session.outputs].sort()).toEqual(["positive", "sum"]);
    const results = await session.run({ x: value(data, [3]), y: value(data, [3]) });
    expect([...floats(results["sum"])]).toEqual([-2, 0, 4]);
    expect([...floats(results["positive"])]).toEqual([0, 0, 2]);
    await session.close();
  });

  it("gives a coded error for bytes that are no model, and for an input that is missing", async () => {
    await expect(Session.open(Buffer.from("no model"))).rejects.toMatchObject({ name: "MarrowError" });
    const session = await Session.open(compile({ sum: add(x, y) }));
    await expect(session.run({ x: value(data, [3]) })).rejects.toMatchObject({ name: "MarrowError" });
    await session.close();
  });

  it("names a device that does not work here", async () => {
    const device = "no-such-device" as Device;
    await expect(Session.open(compile({ sum: add(x, y) }), { device })).rejects.toMatchObject({
      code: "DEVICE_UNAVAILABLE",
      details: { expected: "device no-such-device" },
    });
  });
});

describe("floats", () => {
  it("refuses a result of another type, and none", async () => {
    const session = await Session.open(compile({ positive: greater(x, scalar(0)) }));
    const { positive } = await session.run({ x: value(data, [3]) });
    expect(() => floats(positive)).toThrow("not float32");
    expect(() => floats(undefined)).toThrow(expect.objectContaining({ code: "INTERNAL" }));
    await session.close();
  });
});
