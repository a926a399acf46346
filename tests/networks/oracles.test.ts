import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { input, sizeOf } from "../../src/autograd/tensor.js";
import { Layers } from "../../src/networks/layers.js";
import { networkNamed } from "../../src/networks/registry.js";
import { verifyOracle } from "../../src/training/verify.js";

/** Made with PyTorch from the papers, see fixtures/make-network-oracles.py. */
const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

describe("networks compute what their papers' structure does in PyTorch", () => {
  it.each(["hrnet-w18-small", "unet-batch-norm"])("%s", async (name) => {
    const { network, rows } = await verifyOracle(fixture(`${name}.safetensors`));
    expect(network).toBe(name);
    expect(rows.filter((row) => row.what.startsWith("gradient")).length).toBeGreaterThan(40);
    expect(rows.filter((row) => !row.passed || Number.isNaN(row.error))).toEqual([]);
  });
});

interface Description {
  readonly parameters: number;
  readonly tensors: number;
  readonly sha256: string;
}
const fullSize = JSON.parse(readFileSync(fixture("full-size.json"), "utf8")) as Record<string, Description>;

describe("at the papers' size, every parameter and statistic has PyTorch's name and shape", () => {
  it.each(Object.entries(fullSize))("%s", (name, expected) => {
    const network = networkNamed(name);
    const layers = new Layers(false);
    network.build(layers, input("image", [1, 1, 128, 160]), { classes: 2, features: network.features });
    const stored = [...layers.parameters, ...layers.statistics];
    const rows = stored.map(([key, { tensor }]) => `${key} [${tensor.shape.join(", ")}]`).sort();
    const parameters = [...layers.parameters.values()].reduce((n, { tensor }) => n + sizeOf(tensor.shape), 0);
    const sha256 = createHash("sha256").update(rows.join("\n")).digest("hex");
    expect({ parameters, tensors: rows.length, sha256 }).toEqual(expected);
  });
});
