import { existsSync, readdirSync, writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readSafetensors, type SafeTensor, writeSafetensors } from "../../src/autograd/safetensors.js";
import { networks } from "../../src/networks/registry.js";
import { verifyOracle } from "../../src/training/verify.js";

/** Weights, logits, losses and gradients of the original PyTorch code; see the folder's README. */
const oracles = join(process.env["MARROW_SHARED"] ?? "../shared", "oracles");
const isThere = existsSync(oracles);
const names = Object.keys(networks).filter(
  (name) => isThere && readdirSync(oracles).includes(`${name}.safetensors`),
);
const folder = mkdtempSync(join(tmpdir(), "marrow-verify-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!isThere)("networks agree with their original PyTorch code", () => {
  it("has a network for every oracle", () => {
    const files = readdirSync(oracles).filter((file) => file.endsWith(".safetensors"));
    expect(names.map((name) => `${name}.safetensors`).sort()).toEqual(files.sort());
    expect(names.length).toBeGreaterThanOrEqual(8);
  });

  it.each(names)("%s", async (name) => {
    const { network, rows } = await verifyOracle(join(oracles, `${name}.safetensors`));
    expect(network).toBe(name);
    const kinds = (start: string) => rows.filter((row) => row.what.startsWith(start)).length;
    expect([kinds("logits"), kinds("loss")]).toEqual([2, 3]);
    expect(kinds("gradient")).toBeGreaterThan(20);
    expect(rows.filter((row) => !row.passed || Number.isNaN(row.error))).toEqual([]);
  });

  it("misses when one weight, one gradient or the loss is another", async () => {
    const file = await readSafetensors(join(oracles, "unet-2d.safetensors"));
    const changed = (name: string, factor: number): [string, SafeTensor] => {
      const { shape, data } = file.tensors.get(name) as SafeTensor;
      return [name, { shape, data: (data as Float32Array<ArrayBuffer>).map((v) => v * factor) }];
    };
    const missed = async (change: [string, SafeTensor]) => {
      const path = join(folder, "changed.safetensors");
      await writeSafetensors(path, { ...file, tensors: new Map([...file.tensors, change]) });
      const { rows } = await verifyOracle(path);
      return rows.filter((row) => !row.passed).map((row) => row.what);
    };
    expect(await missed(changed("grad.final_conv.weight", 1.002))).toEqual(["gradient final_conv.weight"]);
    expect(await missed(changed("loss", 1.0001))).toEqual(["loss: entropy", "loss: dice", "loss: total"]);
    expect(await missed(changed("weight.final_conv.weight", 1.01))).toContain("logits (evaluation)");
  });
});

describe("files that are no oracle", () => {
  const write = async (name: string, metadata: Record<string, string>) => {
    const path = join(folder, name);
    await writeSafetensors(path, { tensors: new Map(), metadata });
    return path;
  };

  it("without a network's name, with an unknown one, without tensors, no safetensors at all", async () => {
    await expect(verifyOracle(await write("a", {}))).rejects.toMatchObject({ code: "ORACLE_INVALID" });
    await expect(verifyOracle(await write("b", { network: "x" }))).rejects.toMatchObject({
      code: "NETWORK_UNKNOWN",
    });
    const known = { network: "unet-2d", features: "[2,2,2,2,2,2]", classes: "2" };
    await expect(verifyOracle(await write("c", known))).rejects.toMatchObject({
      code: "ORACLE_INVALID",
      details: { expected: "tensor input" },
    });
    const damaged = join(folder, "d");
    writeFileSync(damaged, "not this");
    await expect(verifyOracle(damaged)).rejects.toMatchObject({ code: "SAFETENSORS_INVALID" });
  });
});
