/** An agreed case through the page: the agreed mask is what one sees, nobody draws, and a senior can take it back. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writePhantomStudy } from "../../src/phantom/study.js";
import { writeConsensus } from "../../src/reading/agree.js";
import type { Opened } from "../../src/reading/contract/index.js";
import { expectAccessible } from "./accessible.js";
import { buildPage, chromiumPath, startBrowser } from "./browser.js";
import { look } from "./canvas.js";
import { picture, roomOnPage, windowOf, type RoomOnPage } from "./room-on-page.js";

const coronal = "T1w, coronal plane";

describe.skipIf(chromiumPath === undefined)("an agreed case", () => {
  let [folder, webDir] = ["", ""];
  let browser: Browser;
  let room: RoomOnPage;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "marrow-agreed-"));
    const study = join(folder, "study");
    await writePhantomStudy(study, { kind: "sij-t1", subjects: 1, seed: 5, size: "small" });
    [browser, webDir] = await Promise.all([startBrowser(), buildPage()]);
    room = await roomOnPage(study, webDir);
    const grid = await room.room.desk.gridOf("sub-001");
    const slice = grid.size[0] * grid.size[1];
    // Anna drew one voxel at the edge of the first slice; agreed was a band in the middle of every one.
    const { token, version } = (await room.people.anna.post("/api/cases/sub-001/open")).json<Opened>();
    const stroke = { token, baseVersion: version, sequence: 1, changes: [0, 1, 1] };
    expect((await room.people.anna.post("/api/cases/sub-001/strokes", stroke)).statusCode).toBe(200);
    const data = Uint8Array.from({ length: slice * grid.size[2] }, (_, n) =>
      Number(n % slice > slice * 0.4 && n % slice < slice * 0.6),
    );
    await writeConsensus(room.room.desk, "sub-001", { ...grid, data }, new Date());
    room.room.progress.noteAgreement("sub-001", "chosen", ["anna"], "sara");
  });
  afterAll(async () => {
    await browser.close();
    await room.close();
    await Promise.all([folder, webDir].map((one) => rm(one, { recursive: true })));
  });

  /** Of some 100 000; the crosshair has a few hundred. */
  const coloured = async (page: Page) => (await look(page, coronal)).coloured;

  it("shows the agreed mask to seniors and readers, named, without tools to draw", async () => {
    for (const client of [room.people.senior, room.people.anna]) {
      const { page, context, faults, strangers } = await windowOf(room, client, browser);
      await page.goto(`${room.url}#case/sub-001`);
      await page.getByText("Agreed mask, looking only").waitFor();
      await expect.poll(() => coloured(page)).toBeGreaterThan(10_000);
      await page
        .getByText("This case is agreed: it can be looked at, not drawn on.")
        .waitFor({ state: "attached" });
      expect(await page.getByRole("button", { name: "Brush", exact: false }).count()).toBe(0);
      expect(await page.getByRole("button", { name: "Submit for review" }).count()).toBe(0);
      await page.keyboard.press("b");
      await page.getByRole("img", { name: coronal }).click({ position: { x: 200, y: 150 } });
      await expectAccessible(page);
      expect({ faults, strangers }).toEqual({ faults: [], strangers: [] });
      await picture(page, "agreed");
      await context.close();
    }
    const { masks } = room.room;
    expect(["anna", "sara"].map((reader) => masks.version({ case: "sub-001", reader }))).toEqual([1, 0]);
    expect(masks.wasOpened({ case: "sub-001", reader: "sara" })).toBe(false);
  });

  it("lets a senior look at each reader's mask, and take the agreement back to draw again", async () => {
    const { page, context } = await windowOf(room, room.people.senior, browser);
    await page.goto(`${room.url}#case/sub-001`);
    await page.getByLabel("Look at").selectOption({ label: "Mask of anna" });
    await page.getByText("Mask of anna, looking only").waitFor();
    await expect.poll(() => coloured(page)).toBeLessThan(3000);
    await page.getByLabel("Look at").selectOption({ label: "Agreed mask" });
    await expect.poll(() => coloured(page)).toBeGreaterThan(10_000);
    await page.getByRole("button", { name: "Take back the agreement" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Take back", exact: true }).click();
    await page.getByText("Mask of sara").waitFor();
    await page.getByRole("button", { name: "Submit for review" }).waitFor({ state: "attached" });
    expect(room.room.progress.isAgreed("sub-001")).toBe(false);
    await context.close();
  });
});
