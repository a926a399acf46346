import { readdir } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { beforeEach, describe, expect, it } from "vitest";
import type { Agreement, CaseEntry, ImageMeta, Opened, Round } from "../../src/reading/contract/index.js";
import { readMask } from "../../src/volume/nifti.js";
import { count, maskPath, size } from "../study/make-study.js";
import { outcome, staffedRoom, type Client } from "./open-room.js";

let test: Awaited<ReturnType<typeof staffedRoom>>;
beforeEach(async () => {
  test = await staffedRoom();
});

async function draw(client: Client, changes: number[], id = "sub-01") {
  const { token, version } = (await client.post(`/api/cases/${id}/open`)).json<Opened>();
  await client.post(`/api/cases/${id}/strokes`, { token, baseVersion: version, sequence: 1, changes });
  await client.post(`/api/cases/${id}/close`, { token });
}
const submit = (client: Client) => client.post("/api/cases/sub-01/submit");
const review = (client: Client, reader: string, verdict: string, comment = "") =>
  client.post("/api/cases/sub-01/review", { reader, verdict, comment });
const caseOf = async (client: Client) =>
  (await client.get("/api/cases")).json<{ cases: CaseEntry[] }>().cases[0];

describe("the loop", () => {
  it("goes from segmented by corrected and reviewed to agreed, and back when it is reopened", async () => {
    const { anna, ben, senior } = test;
    expect((await caseOf(anna)).state).toBe("segmented");
    await senior.patch("/api/cases/sub-01", { assigned: ["anna", "ben"] });
    await draw(anna, [0, 4, 1]);
    expect((await caseOf(anna)).progress).toMatchObject([{ reader: "anna", state: "drawing" }]);
    expect(outcome(await review(senior, "anna", "accept"))).toBe("409 CASE_STATE");
    await submit(anna);
    await review(senior, "anna", "return", "too wide");
    expect((await caseOf(anna)).progress).toMatchObject([{ state: "returned", comment: "too wide" }]);
    await draw(anna, [3, 1, 0]);
    await submit(anna);
    await review(senior, "anna", "accept");
    expect((await caseOf(senior)).state).toBe("corrected");
    await draw(ben, [1, 2, 1]);
    await submit(ben);
    await review(senior, "ben", "accept");
    expect((await caseOf(senior)).state).toBe("reviewed");
    const { token } = (await anna.post("/api/cases/sub-01/open")).json<Opened>();
    const late = { token, baseVersion: 3, sequence: 1, changes: [0, 1, 1] };
    expect(outcome(await anna.post("/api/cases/sub-01/strokes", late))).toBe("409 CASE_STATE");
    await senior.post("/api/cases/sub-01/agree", { method: "majority", readers: ["anna", "ben"] });
    expect((await caseOf(anna)).state).toBe("agreed");
    expect(outcome(await submit(ben))).toBe("409 CASE_STATE");
    await senior.patch("/api/cases/sub-01", { reopen: true });
    expect((await caseOf(senior)).state).toBe("reviewed");
  });

  it("shows readers nothing of each other's progress", async () => {
    const { anna, ben, senior } = test;
    await senior.patch("/api/cases/sub-01", { assigned: ["anna", "ben"] });
    await draw(ben, [0, 1, 1]);
    const entry = await caseOf(anna);
    expect(entry.assigned).toEqual(["anna"]);
    expect(entry.progress.map(({ reader }) => reader)).toEqual(["anna"]);
  });

  it("takes a mask that was opened and left empty for an annotation", async () => {
    const { anna, dir } = test;
    await anna.post("/api/cases/sub-01/open");
    expect(
      (await anna.get("/api/cases/sub-01/masks/reader.anna")).rawPayload.every((label) => label === 0),
    ).toBe(true);
    expect(outcome(await submit(anna))).toBe("200");
    expect((await readMask(maskPath(dir, "01", "anna"))).data.every((label) => label === 0)).toBe(true);
  });

  it("needs a mask to submit and an account to assign", async () => {
    const { anna, senior } = test;
    expect(outcome(await submit(anna))).toBe("404 MASK_NOT_FOUND");
    expect(outcome(await senior.patch("/api/cases/sub-01", { assigned: ["nobody"] }))).toBe(
      "404 ACCOUNT_UNKNOWN",
    );
  });
});

describe("agreement", () => {
  it("writes the majority as reference, keeps what was there, and tells Dice by reader", async () => {
    const { anna, ben, senior, dir } = test;
    await draw(anna, [0, 4, 1]);
    await draw(ben, [2, 4, 1]);
    const body = { method: "majority", readers: ["anna", "ben"] };
    const look = (await senior.post("/api/cases/sub-01/agree", { ...body, look: true })).json<Agreement>();
    expect(look).toMatchObject({ written: false, voxels: { bone: 2, lesion: 0 } });
    expect((await readMask(maskPath(dir, "01"))).data[0]).toBe(1);
    const preview = await senior.get("/api/cases/sub-01/consensus?method=majority&readers=anna,ben");
    expect([...preview.rawPayload.subarray(0, 6)]).toEqual([0, 0, 1, 1, 0, 0]);
    const written = (await senior.post("/api/cases/sub-01/agree", body)).json<Agreement>();
    expect(written.dice).toContainEqual({ reader: "anna", label: "bone", dice: 4 / 6 });
    expect(written.dice).toContainEqual({ reader: "anna", label: "lesion", dice: null });
    expect([...(await readMask(maskPath(dir, "01"))).data.subarray(0, 6)]).toEqual([0, 0, 1, 1, 0, 0]);
    const kept = await readdir(`${dir}/derivatives/marrow/replaced/reference`);
    expect(kept).toHaveLength(1);
    expect((await readMask(`${dir}/derivatives/marrow/replaced/reference/${kept[0]}`)).data[2]).toBe(2);
  });

  it("takes one reader's mask, and refuses readers without one", async () => {
    const { anna, senior } = test;
    await draw(anna, [0, 4, 2]);
    const agree = (method: string, readers: string[]) =>
      senior.post("/api/cases/sub-01/agree", { method, readers });
    expect((await agree("chosen", ["anna"])).json<Agreement>().voxels).toEqual({ bone: 0, lesion: 4 });
    expect(outcome(await agree("staple", ["anna", "ben"]))).toBe("400 CONSENSUS_MASKS");
    expect(outcome(await agree("majority", ["anna"]))).toBe("400 CONSENSUS_MASKS");
    expect(outcome(await agree("majority", ["anna", "anna"]))).toBe("400 CONSENSUS_MASKS");
  });
});

describe("rounds", () => {
  it("freeze all masks and compare each with the round before", async () => {
    const { anna, senior, dir } = test;
    await draw(anna, [0, 4, 1]);
    const freeze = async () => (await senior.post("/api/rounds", { comment: "first" })).json<Round>();
    const first = await freeze();
    expect(first.masks.find(({ reader }) => reader === "anna")?.dice).toEqual({ bone: null, lesion: null });
    await draw(anna, [2, 4, 1]);
    const second = await freeze();
    expect(second.number).toBe(2);
    expect(second.masks.find(({ reader }) => reader === "anna")?.dice).toEqual({
      bone: 8 / 10,
      lesion: null,
    });
    expect(second.meanDice["bone"]).toBeCloseTo((8 / 10 + 1 + 1) / 3, 12);
    expect((await readMask(`${dir}/derivatives/marrow/rounds/1/anna/sub-01.nii.gz`)).data[5]).toBe(0);
    const { rounds } = (await senior.get("/api/rounds")).json<{ rounds: Round[] }>();
    expect(rounds).toEqual([first, second]);
    expect((await anna.get("/api/cases/sub-01/masks/round.1.anna")).rawPayload[5]).toBe(0);
    expect(outcome(await anna.get("/api/cases/sub-01/masks/round.1.reference"))).toBe("403 MASK_HIDDEN");
  });
});

describe("images", () => {
  it("come as raw voxels with their place, type and an ETag", async () => {
    const { anna } = test;
    const meta = (await anna.get("/api/cases/sub-01/images/T1w/meta")).json<ImageMeta>();
    expect(meta).toMatchObject({
      size: [...size],
      dtype: "int16",
      affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
    });
    const url = "/api/cases/sub-01/images/T1w/voxels";
    const { rawPayload, headers } = await anna.get(url);
    const voxels = new Int16Array(Uint8Array.from(rawPayload).buffer);
    expect(Array.from(voxels)).toEqual(Array.from({ length: count }, (_, n) => ((n * 37 + 101) % 251) + 1));
    expect((await anna.get(url, { "if-none-match": String(headers["etag"]) })).statusCode).toBe(304);
    expect(outcome(await anna.get("/api/cases/sub-01/images/STIR/meta"))).toBe("404 CASE_CHANNEL");
    expect(outcome(await anna.get("/api/cases/sub-99/images/T1w/meta"))).toBe("404 CASE_UNKNOWN");
  });

  it("have thumbnails, kept on disk", async () => {
    const { anna, dir } = test;
    for (let n = 0; n < 2; n++) {
      const { rawPayload, headers } = await anna.get("/api/cases/sub-01/thumbnails/T1w.png");
      expect(headers["content-type"]).toBe("image/png");
      expect(rawPayload.subarray(1, 4).toString()).toBe("PNG");
    }
    expect(await readdir(`${dir}/derivatives/marrow/thumbnails`)).toEqual(["sub-01_T1w.png"]);
  });
});

describe("measures and export", () => {
  it("measure a mask that the account may see", async () => {
    const { anna } = test;
    await draw(anna, [0, 4, 2]);
    const body = { source: "reader.anna", analyses: ["lesions"] };
    const { measurements } = (await anna.post("/api/cases/sub-01/quantify", body)).json<{
      measurements: { measure: string; label: string; level: string; value: unknown }[];
    }>();
    expect(measurements).toContainEqual(
      expect.objectContaining({ measure: "volume", label: "lesion", level: "patient", value: 4 }),
    );
    expect(outcome(await anna.post("/api/cases/sub-01/quantify", { source: "consensus" }))).toBe(
      "403 MASK_HIDDEN",
    );
  });

  it("give NIfTI, and say what SEG needs", async () => {
    const { anna } = test;
    await draw(anna, [0, 4, 2]);
    const file = await anna.get("/api/cases/sub-01/export?source=reader.anna");
    expect(file.headers["content-disposition"]).toBe('attachment; filename="sub-01_reader.anna.nii.gz"');
    const bytes = gunzipSync(file.rawPayload);
    expect([...bytes.subarray(352, 358)]).toEqual([2, 2, 2, 2, 0, 0]);
    expect(outcome(await anna.get("/api/cases/sub-01/export?source=reader.anna&format=seg"))).toBe(
      "409 EXPORT_NO_DICOM",
    );
  });
});
