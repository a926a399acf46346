/** Scoring by eye through the page: slices, regions on the image, points by mouse and keyboard, suggestions, the files. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writePhantomStudy } from "../../src/phantom/study.js";
import type { SavedScore } from "../../src/reading/contract/index.js";
import { parseTsv } from "../../src/study/tsv.js";
import { expectAccessible } from "./accessible.js";
import { buildPage, chromiumPath, startBrowser } from "./browser.js";
import { picture, roomOnPage, windowOf, type RoomOnPage } from "./room-on-page.js";

describe.skipIf(chromiumPath === undefined)("scoring through the page", () => {
  let [folder, study, webDir] = ["", "", ""];
  let browser: Browser;
  let room: RoomOnPage;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "marrow-scoring-"));
    study = join(folder, "study");
    await writePhantomStudy(study, { kind: "hip-stir", subjects: 1, seed: 4, size: "small" });
    [browser, webDir] = await Promise.all([startBrowser(), buildPage()]);
    room = await roomOnPage(study, webDir);
  });
  afterAll(async () => {
    await browser.close();
    await room.close();
    await Promise.all([folder, webDir].map((one) => rm(one, { recursive: true })));
  });

  const sheetOf = async (template: string, client = room.people.anna) =>
    (await client.get(`/api/cases/sub-001/scores/${template}`)).json<SavedScore>();
  const saved = (page: Page) => page.locator(".save-badge[data-state=saved]").waitFor();
  const totals = (page: Page) => page.locator(".score-totals");

  /** Presses the mouse where a point of the patient is drawn, and moves it. */
  async function drag(canvas: Locator, from: readonly [number, number], to = from) {
    const box = await canvas.boundingBox();
    if (!box) throw new Error("no picture");
    const { mouse } = canvas.page();
    await mouse.move(box.x + from[0], box.y + from[1]);
    await mouse.down();
    if (to !== from) await mouse.move(box.x + to[0], box.y + to[1], { steps: 4 });
    await mouse.up();
  }

  it("scores quadrants of chosen slices on regions that are drawn, with totals as one goes", async () => {
    const { page, context, faults, strangers } = await windowOf(room, room.people.anna, browser);
    await page.goto(`${room.url}#case/sub-001`);
    await page.getByRole("link", { name: "Score" }).click();
    await page.getByRole("button", { name: /Score SPARCC SSS/ }).click();
    const canvas = page.getByRole("img", { name: "STIR, coronal plane" });
    await canvas.waitFor();
    await page.getByRole("button", { name: "Score the slices around this one" }).click();
    expect(await page.locator(".scored-slices button").count()).toBe(5);
    await page.getByRole("button", { name: "Place the regions" }).click();
    await saved(page);
    const before = await sheetOf("sparcc-sss");
    expect(before.sheet?.frames).toHaveLength(2);
    const { slice, side, from } = before.sheet?.frames[0] ?? { slice: -1, side: "", from: [0, 0, 0] };

    // A point of the region beside the joint's line, by mouse; the same again takes it away.
    const [first] = await page.evaluate<[number, number][]>(findSquares);
    await drag(canvas, [first[0] + 14, first[1] + 20]);
    await expect
      .poll(() => totals(page).locator("tbody tr").first().innerText())
      .toMatch(/Fat metaplasia\s+1\/20\s+0\/20\s+1\/40/);
    await drag(canvas, [first[0] + 14, first[1] + 20]);
    await expect
      .poll(() => totals(page).locator("tbody tr").first().innerText())
      .toMatch(/0\/20\s+0\/20\s+0\/40/);

    // The line's handle is dragged; the sheet has the new place in the patient.
    await drag(canvas, first, [first[0] + 20, first[1]]);
    await expect
      .poll(async () => {
        const moved = (await sheetOf("sparcc-sss")).sheet?.frames.find(
          (one) => one.slice === slice && one.side === side,
        );
        return Math.abs((moved?.from[0] ?? 0) - from[0]);
      })
      .toBeGreaterThan(2);

    // Keyboard alone: a box of the form, and the next slice.
    await page.getByLabel("Erosion, lower sacral, left").focus();
    await page.keyboard.press("Space");
    await page.getByLabel("Ankylosis, upper, right").focus();
    await page.keyboard.press("Space");
    await page.getByRole("button", { name: "Same regions on all slices" }).click();
    await saved(page);
    await expect.poll(async () => (await sheetOf("sparcc-sss")).sheet?.frames.length).toBe(10);
    await expectAccessible(page);
    await picture(page, "score-sss");
    await page.getByRole("button", { name: "Finish the score" }).click();
    await page.getByText("Finished. A change opens it again.").waitFor();
    const done = await sheetOf("sparcc-sss");
    expect(done).toMatchObject({ isDone: true });
    expect(
      done.sheet?.cells.map(({ item, side: s, region, slice: k }) => [item, s, region, k]).sort(),
    ).toEqual([
      ["ankylosis", "right", 0, slice],
      ["erosion", "left", 3, slice],
    ]);
    const tsv = await readFile(join(study, "derivatives/marrow/scores/sparcc-sss.tsv"), "utf8");
    expect(parseTsv(tsv, "").rows).toMatchObject([
      {
        reader: "anna",
        case: "sub-001",
        assisted: "0",
        fat: "0",
        erosion: "1",
        erosion_left: "1",
        ankylosis_right: "1",
      },
    ]);
    const json = JSON.parse(
      await readFile(join(study, "derivatives/marrow/scores/sparcc-sss/anna/sub-001.json"), "utf8"),
    ) as { frames: unknown[]; slices: object };
    expect(json.frames).toHaveLength(10);
    await context.close();
    expect({ faults, strangers }).toEqual({ faults: [], strangers: [] });
  });

  it("scores HIMRISS with the mask's suggestion, refuses it unfinished, in the dark", async () => {
    const { page, context, faults } = await windowOf(room, room.people.senior, browser, "dark");
    await page.goto(`${room.url}#score/sub-001/himriss`);
    await page.getByRole("img", { name: "STIR, coronal plane" }).waitFor();
    await page.getByText("Provisional template").waitFor();
    await page.getByRole("button", { name: "Score the slices around this one" }).click();
    await page.getByRole("button", { name: "Finish the score" }).click();
    await page
      .getByText(/regions not drawn|at least 5/)
      .first()
      .waitFor();
    await page.getByRole("button", { name: "Close" }).click();
    await page.getByRole("button", { name: "Place the regions" }).click();
    await page.getByRole("button", { name: "Same regions on all slices" }).click();
    await saved(page);
    await page.getByLabel("Mask", { exact: true }).first().selectOption("consensus");
    await page
      .getByRole("group", { name: "Suggestion" })
      .or(page.getByRole("region", { name: "Suggestion" }))
      .getByRole("button", { name: "Show" })
      .click();
    await page.getByText(/The mask suggests \d+ points/).waitFor();
    await page.getByRole("button", { name: "Take over" }).click();
    await saved(page);
    await expectAccessible(page);
    await picture(page, "score-himriss");
    await page.getByRole("button", { name: "Finish the score" }).click();
    await page.getByText("Finished. A change opens it again.").waitFor();
    const { sheet, totals: sums } = await sheetOf("himriss", room.people.senior);
    const sum = sheet?.cells.reduce((points, cell) => points + cell.points, 0) ?? 0;
    expect(sum).toBeGreaterThan(0);
    expect(sums.find(({ item, side }) => item === "total" && side === "both")?.points).toBe(sum);
    await context.close();
    expect(faults).toEqual([]);
  });
});

/** Run in the page: centres of the small squares of the right side's colour, from top to bottom, in CSS pixels of the picture. */
const findSquares = `(() => {
  const canvas = document.querySelector(".pane canvas");
  const scale = canvas.width / canvas.getBoundingClientRect().width;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const is = (x, y) => { const n = 4 * (x + canvas.width * y); return data[n] === 255 && data[n + 1] === 209 && data[n + 2] === 102; };
  const found = [];
  for (let y = 0; y + 6 < canvas.height; y++) for (let x = 0; x + 6 < canvas.width; x++) {
    let whole = true;
    for (let a = 0; a < 6 && whole; a++) for (let b = 0; b < 6 && whole; b++) whole = is(x + a, y + b);
    const at = [(x + 3) / scale, (y + 3) / scale];
    if (whole && !found.some(([u, v]) => Math.hypot(u - at[0], v - at[1]) < 14)) found.push(at);
  }
  return found;
})()`;
