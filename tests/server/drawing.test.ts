import { readFile, writeFile } from "node:fs/promises";
import { beforeEach, describe, expect, it } from "vitest";
import {
  versionHeader,
  type Job,
  type MaskEntry,
  type Opened,
  type Problem,
  type StrokeAnswer,
} from "../../src/reading/contract/index.js";
import { readMask } from "../../src/volume/nifti.js";
import { count, maskPath, size, straight, writeMask } from "../study/make-study.js";
import { outcome, staffedRoom, testRoom, type Client } from "./open-room.js";

let test: Awaited<ReturnType<typeof staffedRoom>>;
beforeEach(async () => {
  test = await staffedRoom();
});

const open = async (client: Client, body: object = {}) =>
  (await client.post("/api/cases/sub-01/open", body)).json<Opened>();
const stroke = (client: Client, token: string, baseVersion: number, sequence: number, changes: number[]) =>
  client.post("/api/cases/sub-01/strokes", { token, baseVersion, sequence, changes, tool: "brush" });
const voxels = async (client: Client, source: string) =>
  (await client.get(`/api/cases/sub-01/masks/${source}`)).rawPayload;
const drawn = (...runs: [number, number, number][]) => {
  const mask = new Uint8Array(count);
  for (const [start, length, value] of runs) mask.fill(value, start, start + length);
  return Buffer.from(mask);
};

describe("a stroke", () => {
  it("is in the reader's mask at once, and in the file on the image's grid after closing", async () => {
    const { anna, dir } = test;
    const { token, version } = await open(anna);
    expect(version).toBe(0);
    const answer = await stroke(anna, token, 0, 1, [10, 3, 1, 50, 2, 2]);
    expect(answer.json<StrokeAnswer>()).toEqual({ version: 1, sequence: 1 });
    await stroke(anna, token, 1, 2, [11, 1, 0]);
    const expected = drawn([10, 3, 1], [50, 2, 2], [11, 1, 0]);
    expect(await voxels(anna, "reader.anna")).toEqual(expected);
    await anna.post("/api/cases/sub-01/close", { token });
    const mask = await readMask(maskPath(dir, "01", "anna"));
    expect(Buffer.from(mask.data)).toEqual(expected);
    expect(mask.size).toEqual(size);
    expect(mask.affine).toEqual(straight());
    expect(Buffer.from((await readMask(maskPath(dir, "01"))).data)).toEqual(drawn([0, 2, 1], [2, 1, 2]));
  });

  it("sent again is answered as before and changes nothing", async () => {
    const { anna } = test;
    const { token } = await open(anna);
    await stroke(anna, token, 0, 1, [0, 5, 1]);
    await stroke(anna, token, 1, 2, [0, 5, 2]);
    expect((await stroke(anna, token, 0, 1, [0, 5, 1])).json<StrokeAnswer>()).toEqual({
      version: 1,
      sequence: 1,
    });
    expect(await voxels(anna, "reader.anna")).toEqual(drawn([0, 5, 2]));
    const answer = await anna.get("/api/cases/sub-01/masks/reader.anna");
    expect(answer.headers[versionHeader]).toBe("2");
  });

  it.each([
    ["outside the mask", [count - 1, 2, 1]],
    ["of no voxel", [0, 0, 1]],
    ["of a value that the study does not have", [0, 1, 3]],
    ["with half a run", [0, 1]],
    ["of broken numbers", [0.5, 1, 1]],
    ["before the first voxel", [-1, 2, 1]],
  ])("%s is refused whole", async (_, changes) => {
    const { anna } = test;
    const { token } = await open(anna);
    expect((await stroke(anna, token, 0, 1, [3, 1, 1, ...changes])).statusCode).toBe(400);
    expect(await voxels(anna, "reader.anna").then((bytes) => bytes.includes(1))).toBe(false);
  });

  it("may not leave one out before it", async () => {
    const { anna } = test;
    const { token } = await open(anna);
    expect(outcome(await stroke(anna, token, 0, 2, [0, 1, 1]))).toBe("409 DRAW_SEQUENCE");
  });

  it("needs a token of one's own, for this case, that is not closed", async () => {
    const { anna, ben, senior } = test;
    const { token } = await open(anna);
    for (const thief of [ben, senior])
      expect(outcome(await stroke(thief, token, 0, 1, [0, 1, 1]))).toBe("409 DRAW_SESSION");
    const elsewhere = await anna.post("/api/cases/sub-02/strokes", {
      token,
      baseVersion: 0,
      sequence: 1,
      changes: [0, 1, 1],
    });
    expect(outcome(elsewhere)).toBe("409 DRAW_SESSION");
    await anna.post("/api/cases/sub-01/close", { token });
    expect(outcome(await stroke(anna, token, 0, 1, [0, 1, 1]))).toBe("409 DRAW_SESSION");
  });
});

describe("two people", () => {
  it("with the same case open are told, and each draws on their own mask", async () => {
    const { anna, ben } = test;
    await open(anna);
    const second = await open(ben);
    expect(second.others).toMatchObject([{ user: "anna", reader: "anna", sameMask: false }]);
    const cases = (await ben.get("/api/cases")).json<{ cases: { open: string[] }[] }>().cases;
    expect(cases[0].open).toEqual(["anna", "ben"]);
  });

  it("on the same mask are told who drew, and nothing is overwritten", async () => {
    const { anna, senior } = test;
    const first = await open(anna);
    await stroke(anna, first.token, 0, 1, [0, 4, 1]);
    const second = await open(senior, { reader: "anna" });
    expect(second).toMatchObject({ reader: "anna", version: 1, others: [{ user: "anna", sameMask: true }] });
    expect(outcome(await stroke(senior, second.token, 1, 1, [2, 4, 2]))).toBe("200");
    const refused = await stroke(anna, first.token, 1, 2, [0, 6, 1]);
    expect(outcome(refused)).toBe("409 DRAW_CONFLICT");
    expect(refused.json<Problem>().facts).toEqual({ by: "sara", version: 2 });
    expect(await voxels(anna, "reader.anna")).toEqual(drawn([0, 4, 1], [2, 4, 2]));
    expect(outcome(await stroke(anna, first.token, 2, 2, [0, 6, 1]))).toBe("200");
  });

  it("may send strokes ahead of the answers, as long as nobody else has drawn", async () => {
    const { anna } = test;
    const { token } = await open(anna);
    await stroke(anna, token, 0, 1, [0, 1, 1]);
    expect(outcome(await stroke(anna, token, 0, 2, [1, 1, 1]))).toBe("200");
  });

  it("in two tabs of one account conflict too", async () => {
    const { anna } = test;
    const [one, two] = [await open(anna), await open(anna)];
    await stroke(anna, one.token, 0, 1, [0, 1, 1]);
    expect(outcome(await stroke(anna, two.token, 0, 1, [0, 1, 2]))).toBe("409 DRAW_CONFLICT");
  });

  it("are not on another reader's mask unless one is a senior, and nobody draws on the consensus", async () => {
    const { ben, senior } = test;
    expect(outcome(await ben.post("/api/cases/sub-01/open", { reader: "anna" }))).toBe("403 SESSION_ROLE");
    expect(outcome(await senior.post("/api/cases/sub-01/open", { reader: "reference" }))).toBe(
      "403 MASK_HIDDEN",
    );
    expect(outcome(await senior.post("/api/cases/sub-01/open", { reader: "nobody" }))).toBe(
      "404 ACCOUNT_UNKNOWN",
    );
  });
});

describe("a file that another program writes", () => {
  it("becomes a new version, and who drew before is told", async () => {
    const { anna, dir } = test;
    const first = await open(anna);
    await stroke(anna, first.token, 0, 1, [0, 1, 1]);
    await anna.post("/api/cases/sub-01/close", { token: first.token });
    const tab = await open(anna);
    expect(tab.version).toBe(1);
    await writeMask(maskPath(dir, "01", "anna"), [0, 0, 2]);
    const other = await open(anna);
    expect(other.version).toBe(2);
    expect(outcome(await stroke(anna, tab.token, 1, 1, [5, 1, 1]))).toBe("409 DRAW_CONFLICT");
    await stroke(anna, other.token, 2, 1, [5, 1, 1]);
    await anna.post("/api/cases/sub-01/close", { token: other.token });
    expect(Buffer.from((await readMask(maskPath(dir, "01", "anna"))).data)).toEqual(
      drawn([2, 1, 2], [5, 1, 1]),
    );
  });

  it("that only has a new time is the same version", async () => {
    const { anna, dir } = test;
    const { token } = await open(anna);
    await stroke(anna, token, 0, 1, [0, 1, 1]);
    await anna.post("/api/cases/sub-01/close", { token });
    const file = maskPath(dir, "01", "anna");
    await writeFile(file, await readFile(file));
    expect((await open(anna)).version).toBe(1);
  });

  it("on another grid is told and not drawn on", async () => {
    const { anna, dir } = test;
    await writeMask(maskPath(dir, "01", "anna"), [1], { affine: straight([1, 1, 1], [40, 0, 0]) });
    expect(outcome(await anna.post("/api/cases/sub-01/open"))).toBe("409 GRID_MISMATCH");
  });
});

describe("what readers see", () => {
  it("is their own and the models' masks; the consensus once it is agreed; seniors see all", async () => {
    const { anna, ben, senior, dir } = test;
    await writeMask(`${dir}/derivatives/marrow/runs/unet/fold-1/predictions/sub-01.nii.gz`, [0, 1]);
    const { token } = await open(ben);
    await stroke(ben, token, 0, 1, [0, 1, 1]);
    await ben.post("/api/cases/sub-01/close", { token });
    const seen = async (client: Client) =>
      (await client.get("/api/cases/sub-01/masks"))
        .json<{ masks: MaskEntry[] }>()
        .masks.map(({ source }) => source);
    expect(await seen(anna)).toEqual(["run.unet"]);
    expect(await seen(senior)).toEqual(["reader.ben", "consensus", "run.unet"]);
    for (const hidden of ["reader.ben", "consensus"])
      expect(outcome(await anna.get(`/api/cases/sub-01/masks/${hidden}`))).toBe("403 MASK_HIDDEN");
    expect(outcome(await anna.post("/api/cases/sub-01/open", { from: "reader.ben" }))).toBe(
      "403 MASK_HIDDEN",
    );
  });

  it("can begin as a copy of the model's mask, once", async () => {
    const { anna, dir } = test;
    await writeMask(`${dir}/derivatives/marrow/segmentations/unet/sub-01.nii.gz`, [0, 1]);
    expect((await open(anna, { from: "segmentation.unet" })).version).toBe(1);
    expect(await voxels(anna, "reader.anna")).toEqual(drawn([1, 1, 1]));
    expect(outcome(await anna.post("/api/cases/sub-01/open", { from: "segmentation.unet" }))).toBe(
      "409 MASK_EXISTS",
    );
  });
});

describe("a stopped server", () => {
  it("has folded all strokes when it opens again, and goes on with the same tokens", async () => {
    const { anna, dir, close } = test;
    const { token } = await open(anna);
    await stroke(anna, token, 0, 1, [7, 2, 1]);
    await close();
    expect(Buffer.from((await readMask(maskPath(dir, "01", "anna"))).data)).toEqual(drawn([7, 2, 1]));
    const again = await testRoom(dir);
    const client = again.client();
    Object.assign(client, { cookie: anna.cookie, csrf: anna.csrf });
    expect(outcome(await stroke(client, token, 1, 2, [8, 1, 0]))).toBe("200");
    expect((await client.get("/api/jobs")).json<{ jobs: Job[] }>().jobs).toEqual([]);
  });

  it("is not served twice at once", async () => {
    await expect(testRoom(test.dir)).rejects.toMatchObject({ code: "SERVE_RUNNING" });
  });
});
