import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { readStateDict } from "../../src/networks/pytorch/checkpoint.js";

/** Made with PyTorch, see fixtures/make-pytorch-checkpoints.py. */
const fixture = (name: string) =>
  fileURLToPath(new URL(`./fixtures/pytorch-checkpoints/${name}`, import.meta.url));
const expected = JSON.parse(readFileSync(fixture("expected.json"), "utf8")) as Record<
  string,
  { shape: number[]; data: string[] }
>;
const folder = mkdtempSync(join(tmpdir(), "marrow-weights-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => expect(existsSync("code-was-run")).toBe(false));

const number = (text: string) => (text === "inf" ? Infinity : Number(text));

describe("readStateDict", () => {
  it.each(["plain.pth", "nested.pth"])("reads every type of number, strided views too: %s", async (name) => {
    const tensors = await readStateDict(fixture(name));
    expect([...tensors.keys()].sort()).toEqual(Object.keys(expected).sort());
    for (const [key, { shape, data }] of Object.entries(expected)) {
      const got = tensors.get(key);
      expect(got?.shape, key).toEqual(shape);
      expect([...(got?.data ?? [])], key).toEqual(data.map((text) => Math.fround(number(text))));
    }
  });

  it("reads what a pickle written by hand describes", async () => {
    const tensors = await readStateDict(fixture("good-by-hand.pth"));
    expect(tensors.get("w")).toEqual({ shape: [2, 2], data: new Float32Array(4) });
  });

  it.each([
    ["payload-open.pth", "open"],
    ["payload-system.pth", "posix.system"],
    ["payload-eval.pth", "__builtin__.eval"],
    ["payload-newobj.pth", "subprocess.Popen"],
  ])("refuses a pickle that would run code, and runs nothing: %s", async (name, found) => {
    await expect(readStateDict(fixture(name))).rejects.toMatchObject({
      code: "WEIGHTS_UNSAFE",
      details: { file: fixture(name), found: expect.stringContaining(found) as string },
    });
  });

  it.each([
    ["old.pth", /before version 1\.6/],
    ["payload-instance.pth", /instruction 0x69/],
    ["cyclic.pth", /no tensors/],
    ["no-tensors.pth", /no tensors/],
    ["memory.pth", /memory out of order/],
    ["unfinished.pth", /end too early/],
    ["huge-shape.pth", /shape \[1099511627776\]/],
    ["shared-elements.pth", /shape \[1048576, 4\] in 4/],
    ["outside.pth", /shape \[2, 2\] in 4/],
    ["negative.pth", /make no sense/],
    ["short-storage.pth", /12 bytes for 4 numbers/],
    ["no-storage.pth", /no data of storage 0/],
    ["compressed.pth", /compressed/],
    ["truncated.pth", /truncated/],
  ])("refuses a damaged or foreign file and says why: %s", async (name, found) => {
    await expect(readStateDict(fixture(name))).rejects.toMatchObject({
      code: "WEIGHTS_INVALID",
      details: { found: expect.stringMatching(found) as string },
    });
  });

  it("refuses a file cut anywhere, or with any byte of its pickle changed, or reads numbers", async () => {
    const whole = readFileSync(fixture("plain.pth"));
    const file = join(folder, "changed.pth");
    for (let at = 1; at < whole.length; at += 97) {
      const changed = Buffer.from(whole);
      changed[at] ^= 0x55;
      for (const bytes of [whole.subarray(0, at), changed]) {
        writeFileSync(file, bytes);
        const result = await readStateDict(file).catch((error: { code?: string }) => error.code);
        expect(typeof result === "string" ? result : result instanceof Map).toSatisfy(
          (r: unknown) => r === true || r === "WEIGHTS_INVALID" || r === "WEIGHTS_UNSAFE",
        );
      }
    }
  });
});
