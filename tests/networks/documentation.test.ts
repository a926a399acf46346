import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sizeOf } from "../../src/autograd/tensor.js";
import { networkCost } from "../../src/networks/cost.js";
import { networks } from "../../src/networks/registry.js";

/** Cells of the first table's rows, by network. */
const rows = new Map(
  [...readFileSync("docs/reference/networks.md", "utf8").matchAll(/^\| `([^`|]+)` +\|(.*)\|$/gm)]
    .map(([, name, rest]): [string, string[]] => [name, rest.split("|").map((cell) => cell.trim())])
    .filter(([, cells]) => cells.length === 6),
);

describe("docs/reference/networks.md", () => {
  it("has every network, and no other", () => {
    expect([...rows.keys()].sort()).toEqual(Object.keys(networks).sort());
  });

  it.each(Object.entries(networks))("says how large %s is", (name, network) => {
    const { dimensions, features } = network;
    const patch = dimensions === 2 ? [192, 192] : [96, 96, 96];
    const cost = networkCost(network, { classes: 2, features }, [1, 1, ...patch]);
    const [, axes, , documented, parameters, perVoxel] = rows.get(name) ?? [];
    expect([axes, documented, parameters, perVoxel]).toEqual([
      `${dimensions}`,
      features.join(" "),
      (cost.parameters / 1e6).toFixed(2),
      (cost.operations / sizeOf(patch) / 1000).toFixed(0),
    ]);
  });
});
