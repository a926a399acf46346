/**
 * The disk is full: the answer says so, what was answered before is kept, and drawing goes on when there is room again. Once
 * with a database that may not grow, once, where the system lets tests mount one, with a small file system.
 */
import { spawnSync } from "node:child_process";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Opened } from "../../src/reading/contract/index.js";
import { readMask } from "../../src/volume/nifti.js";
import { count, folder, makeStudy, maskPath } from "../study/make-study.js";
import { goodPassword, outcome, staffedRoom, testRoom, type Client } from "./open-room.js";

/** Draws single voxels one after the other, and knows what was answered. */
class Pen {
  readonly expected = new Uint8Array(count);
  private sequence = 0;

  private constructor(
    private readonly client: Client,
    private readonly token: string,
    private version: number,
  ) {}

  static async open(client: Client): Promise<Pen> {
    const { token, version } = (await client.post("/api/cases/sub-01/open")).json<Opened>();
    return new Pen(client, token, version);
  }

  /** One stroke; long ones take room in the journal. */
  async draw(runs: number): Promise<string> {
    const at = (this.sequence * 7) % (count - 1);
    const value = 1 + (this.sequence % 2);
    const changes = Array.from({ length: runs }, () => [at, 1, value]).flat();
    const stroke = { token: this.token, baseVersion: this.version, sequence: this.sequence + 1, changes };
    const answer = await this.client.post("/api/cases/sub-01/strokes", stroke);
    if (answer.statusCode === 200) {
      this.sequence++;
      this.expected[at] = value;
      this.version = answer.json<{ version: number }>().version;
    }
    return outcome(answer);
  }

  /** Until a stroke is not taken. */
  async drawUntilFull(runs: number): Promise<string> {
    let said = "200";
    for (let n = 0; n < 5000 && said === "200"; n++) said = await this.draw(runs);
    return said;
  }

  async voxels(): Promise<Uint8Array> {
    return new Uint8Array((await this.client.get("/api/cases/sub-01/masks/reader.anna")).rawPayload);
  }
}

describe("a database that may not grow", () => {
  it("refuses strokes as DISK_FULL, loses none that it answered, and goes on with room", async () => {
    const { anna, room } = await staffedRoom();
    const pen = await Pen.open(anna);
    for (let n = 0; n < 5; n++) expect(await pen.draw(10)).toBe("200");
    const { store } = room.desk;
    const [{ page_count: pages }] = store.all<{ page_count: number }>("PRAGMA page_count");
    store.all(`PRAGMA max_page_count = ${pages + 4}`);
    expect(await pen.drawUntilFull(400)).toBe("507 DISK_FULL");
    expect(await pen.voxels()).toEqual(pen.expected);
    store.all("PRAGMA max_page_count = 1000000");
    expect(await pen.draw(400)).toBe("200");
    expect(await pen.voxels()).toEqual(pen.expected);
  });
});

const mounted: string[] = [];
afterEach(() => {
  for (const dir of mounted.splice(0)) spawnSync("umount", ["--lazy", dir]);
});

/** A file system of its own in memory, of so many kilobytes. */
function mount(dir: string, kilobytes: number): boolean {
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${kilobytes}k`, "marrow-test", dir]);
  if (status === 0) mounted.push(dir);
  return status === 0;
}

function canMount(): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  const { status } = spawnSync("sh", [
    "-c",
    "d=$(mktemp -d) && mount -t tmpfs t $d && umount $d && rmdir $d",
  ]);
  return status === 0;
}

describe.skipIf(!canMount())("a file system that is full", () => {
  it("refuses strokes as DISK_FULL, loses none that it answered, and goes on with room", async () => {
    const dir = await folder();
    expect(mount(dir, 3000)).toBe(true);
    const study = join(dir, "study");
    await mkdir(study);
    await cp(await makeStudy(["01", "02"]), study, { recursive: true });
    const room = await staffedRoom(study);
    const pen = await Pen.open(room.anna);
    for (let n = 0; n < 5; n++) expect(await pen.draw(10)).toBe("200");
    await writeFile(join(dir, "filler"), new Uint8Array(8_000_000)).catch(() => undefined);
    expect(await pen.drawUntilFull(3000)).toBe("507 DISK_FULL");
    expect(await pen.voxels()).toEqual(pen.expected);
    await rm(join(dir, "filler"));
    for (let n = 0; n < 5; n++) expect(await pen.draw(10)).toBe("200");
    expect(await pen.voxels()).toEqual(pen.expected);
    await room.close();
    expect((await readMask(maskPath(study, "01", "anna"))).data).toEqual(pen.expected);

    const again = await testRoom(study);
    const anna = again.client();
    await anna.post("/api/login", { name: "anna", password: goodPassword });
    const found = await anna.get("/api/cases/sub-01/masks/reader.anna");
    expect(new Uint8Array(found.rawPayload)).toEqual(pen.expected);
    await again.close();
  });
});
