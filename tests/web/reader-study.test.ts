/** A whole reader study, two readers, two arms, ten cases: through the page, its blinding tried, its tables read by the report. */
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../src/base/random.js";
import { writePhantomStudy } from "../../src/phantom/study.js";
import { readStudyData } from "../../src/report/study/study-data.js";
import { readers } from "../../src/report/study/parts/readers.js";
import { readRows } from "../../src/study/classification.js";
import { parseTsv } from "../../src/study/tsv.js";
import { readMask, writeNifti } from "../../src/volume/nifti.js";
import type { Client } from "../server/open-room.js";
import { day, mine, next, readOne } from "../server/reader-study-room.js";
import { expectAccessible } from "./accessible.js";
import { buildPage, chromiumPath, startBrowser } from "./browser.js";
import { logIn, picture, roomOnPage, windowOf, type RoomOnPage } from "./room-on-page.js";

const cases = Array.from({ length: 10 }, (_, n) => `sub-${String(n + 1).padStart(3, "0")}`);
const truthFile = (study: string, id: string) =>
  join(study, "derivatives/annotations/truth", id, "anat", `${id}_mask.nii.gz`);

/** A model that misses a tenth of the lesion's voxels. */
async function writeModel(study: string): Promise<void> {
  const folder = join(study, "derivatives/marrow/segmentations/unet");
  await mkdir(folder, { recursive: true });
  for (const id of cases) {
    const mask = await readMask(truthFile(study, id));
    const random = new Random(1, id);
    const data = mask.data.map((label) => (label > 0 && random.chance(0.1) ? 0 : label));
    await writeNifti(join(folder, `${id}.nii.gz`), { ...mask, data });
  }
}

describe.skipIf(chromiumPath === undefined)("a reader study through the page", () => {
  let [folder, study, webDir] = ["", "", ""];
  let browser: Browser;
  let room: RoomOnPage;
  const clock = { wall: Date.parse("2026-03-02T08:00:00Z"), ticks: 0 };
  const pass = (ms: number) => {
    clock.wall += ms;
    clock.ticks += ms;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "marrow-readers-"));
    study = join(folder, "study");
    await writePhantomStudy(study, { kind: "sij-t1", subjects: cases.length, seed: 11, size: "small" });
    await writeModel(study);
    [browser, webDir] = await Promise.all([startBrowser(), buildPage()]);
    const now = () => new Date(clock.wall);
    room = await roomOnPage(study, webDir, { now, monotonic: () => performance.now() + clock.ticks });
  });
  afterAll(async () => {
    await browser.close();
    await room.close();
    await Promise.all([folder, webDir].map((one) => rm(one, { recursive: true })));
  });

  /** What each reader's browser was ever sent, and what it asked for. */
  const seen: Record<"anna" | "ben", string[]> = { anna: [], ben: [] };

  function record(page: Page, into: string[]): void {
    page.on("response", (response) => {
      const type = response.headers()["content-type"] ?? "";
      into.push(`${response.url()} ${JSON.stringify(response.headers())}`);
      if (type.includes("json"))
        void response.text().then(
          (text) => into.push(text),
          () => undefined,
        );
    });
  }

  const canvas = (page: Page) => page.getByRole("img", { name: "T1w, coronal plane" });

  /** One reading as a person does it: look, pause, leave the tab, draw, answer, finish. */
  async function readOnPage(page: Page, client: Client, id: string, name: string) {
    await page.goto(`${room.url}#studies`);
    await page.getByRole("link", { name: /Begin|Go on/ }).click();
    await canvas(page).waitFor();
    const reading = await next(client, id);
    await page.getByText(`Reading ${reading.number} of 20`).waitFor();
    await page
      .getByText(reading.isAssisted ? "you see what the model found" : "you read without the model")
      .waitFor();
    await picture(page, `reading-${name}-${reading.isAssisted ? "with" : "without"}`);
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText("stands still").waitFor();
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByText("stands still").waitFor({ state: "hidden" });
    await setHidden(page, true);
    await setHidden(page, false);
    await canvas(page).click({ position: { x: 150, y: 120 } });
    // A person takes longer than a second; what takes less is doubtful.
    await page.waitForTimeout(1200);
    await page.locator(".save-badge[data-state=saved]").waitFor();
    await page.getByRole("group", { name: /axSpA/ }).getByLabel("Yes").check();
    await page.getByLabel("4 sure").check();
    const body = await page.locator("body").innerText();
    expect(body).not.toMatch(/sub-\d|truth|anna-|ben-/);
    await page.getByRole("button", { name: "Finish this reading" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Finish", exact: true }).click();
    await page.getByRole("heading", { name: "Reader studies" }).waitFor();
    return reading;
  }

  /** The tab goes to the back or to the front. */
  const setHidden = (page: Page, hidden: boolean) =>
    page.evaluate(
      `Object.defineProperty(document, "hidden", { configurable: true, get: () => ${hidden} });
       document.dispatchEvent(new Event("visibilitychange"))`,
    );

  let id = "";

  it("is created by the administrator in the page", async () => {
    const { page, context, faults } = await windowOf(room, room.people.admin, browser);
    await page.getByText("New reader study").click();
    await page.getByLabel("Short name").fill("sij-2026");
    await page.getByLabel("Title that readers see").fill("Fat metaplasia of the sacroiliac joints");
    await page.getByLabel("Instructions").fill("Outline fat metaplasia, then decide.");
    await page.getByLabel("Seed").fill("17");
    await page.getByLabel("Question of the diagnosis").fill("Is this axSpA?");
    for (const reader of ["anna", "ben"])
      await page.getByRole("group", { name: "Readers" }).getByLabel(reader, { exact: true }).check();
    await expectAccessible(page);
    await picture(page, "protocol");
    await page.getByRole("button", { name: "Create the reader study" }).click();
    await page.getByRole("cell", { name: "0 of 20" }).first().waitFor();
    const [made] = room.room.readerStudies.all();
    id = made.id;
    expect(made.protocol).toMatchObject({
      ...{
        name: "sij-2026",
        seed: 17,
        cases,
        readers: ["anna", "ben"],
        model: "segmentation.unet",
        order: "balanced",
      },
      tasks: {
        segmentation: true,
        diagnosis: { column: "diagnosis", positive: "axSpA" },
        scoring: null,
        feedback: false,
      },
    });
    await picture(page, "studies-administrator");
    await context.close();
    expect(faults).toEqual([]);
  });

  it.each(["anna", "ben"] as const)(
    "part one of %s: both arms through the page, the rest as the page does",
    async (name) => {
      const client = room.people[name];
      const { page, context, faults, strangers } = await windowOf(
        room,
        client,
        browser,
        name === "ben" ? "dark" : "light",
      );
      record(page, seen[name]);
      const arms = new Set<boolean>();
      for (let n = 0; n < cases.length; n++) {
        const { isAssisted } = await next(client, id);
        if (arms.has(isAssisted))
          await readOne({ pass }, client, id, { decision: n % 3 > 0, changes: [n, 2, 1] });
        else await readOnPage(page, client, id, name);
        arms.add(isAssisted);
      }
      expect(arms.size).toBe(2);
      await page.goto(`${room.url}#cases`);
      await page.goto(`${room.url}#studies`);
      await page.getByText(/The second part opens on/).waitFor();
      expect(await page.getByRole("link", { name: /Begin|Go on/ }).count()).toBe(0);
      await expectAccessible(page);
      await picture(page, `wash-out-${name}`);
      await context.close();
      expect({ faults, strangers }).toEqual({ faults: [], strangers: [] });
    },
  );

  it("keeps names, arms and results from its readers, in the page and behind it", async () => {
    for (const name of ["anna", "ben"] as const) {
      expect(seen[name].length).toBeGreaterThan(20);
      const leaks = /sub-\d|"without"|-without|-with\b|axSpA"|api\S* \{.*"etag"/;
      expect(seen[name].flatMap((text) => leaks.exec(text)?.[0] ?? [])).toEqual([]);
    }
    const { page, context } = await windowOf(room, room.people.anna, browser);
    await page.goto(`${room.url}#case/sub-001`);
    await page
      .getByText(/There is no case sub-001|reader study that is still open/)
      .first()
      .waitFor();
    await page.goto(`${room.url}#score/sub-001/sparcc-sss`);
    await page.getByText("reader study that is still open").waitFor();
    const [first] = room.room.readerStudies.readings(id, "anna");
    const [others] = room.room.readerStudies.readings(id, "ben");
    const addresses = [
      ...[
        "masks",
        "masks/reader.ben-without",
        "masks/reader.anna-with",
        "masks/segmentation.unet",
        "images/T1w/voxels",
      ].map((rest) => `cases/sub-001/${rest}`),
      ...[
        "cases/sub-001/thumbnails/T1w.png",
        "cases/sub-001/export?source=consensus",
        "reader-studies",
        "audit",
        "rounds",
        "scores",
      ],
      ...["masks/own", "masks/model", "images/T1w/voxels"].flatMap((rest) => [
        `readings/${first.id}/${rest}`,
        `readings/${others.id}/${rest}`,
      ]),
      ...[
        "../derivatives/marrow/reader-study/readings.tsv",
        "../participants.tsv",
        "../derivatives/marrow/reader-study/sij-2026/protocol.json",
      ],
    ];
    const statuses = await page.evaluate<number[]>(
      `Promise.all(${JSON.stringify(addresses)}.map((one) => fetch("/api/" + one).then((answer) => answer.status)))`,
    );
    expect(statuses.filter((status) => status < 400)).toEqual([]);
    await context.close();
  });

  it("opens the second part on its day, not when the clock is set back, and then comes to its end", async () => {
    const { anna, ben } = room.people;
    const states = async () => Promise.all([anna, ben].map(async (client) => (await mine(client))[0].state));
    expect(await states()).toEqual(["washing-out", "washing-out"]);
    clock.wall -= 500 * day;
    room.people.logIn();
    expect(await states()).toEqual(["washing-out", "washing-out"]);
    clock.wall += 500 * day;
    pass(28 * day);
    room.people.logIn();
    expect(await states()).toEqual(["ready", "ready"]);
    for (const client of [anna, ben])
      for (let n = 0; n < cases.length; n++)
        await readOne({ pass }, client, id, { seconds: 6, decision: n % 4 > 0, changes: [n, 3, 1] });
    expect(await states()).toEqual(["locked", "locked"]);
    const { page, context } = await windowOf(room, room.people.admin, browser);
    await page.getByText("Its tables are in").waitFor();
    await picture(page, "studies-locked");
    await logIn(context, room.url, anna);
    await page.reload();
    await page.goto(`${room.url}#cases`);
    await page.getByRole("link", { name: "sub-001", exact: true }).waitFor();
    await context.close();
  });

  it("gives the papers' tables", async () => {
    const text = await readFile(join(study, "derivatives/marrow/reader-study/readings.tsv"), "utf8");
    const { rows } = parseTsv(text, "readings.tsv");
    expect(rows).toHaveLength(40);
    const truths = await readRows(study, cases);
    for (const row of rows) {
      expect(row.truth).toBe(String(Number(truths.get(row.case)?.diagnosis === "axSpA")));
      expect(Number(row.seconds)).toBeGreaterThan(0);
      expect(Number(row.pauses) >= 0 && Number(row.hides) >= 0).toBe(true);
    }
    const onPage = rows.filter((row) => row.pauses === "1");
    expect(new Set(onPage.map(({ reader, arm }) => `${reader} ${arm}`)).size).toBe(4);
    for (const row of onPage)
      expect(row).toMatchObject({ hides: "1", doubtful: "0", decision: "1", confidence: "4", score: "9" });

    const data = await readStudyData(study);
    const blocks = await readers(data);
    const tables = blocks.flatMap((block) => (block.kind === "table" ? [block.table] : []));
    const titles = tables.map(({ title }) => title);
    for (const title of [
      "Segmentation by the model and by readers without and with it",
      "Diagnosis by readers without and with the model",
      "Time per case",
      "Order and wash-out",
      "All readers together",
    ])
      expect(titles).toContain(title);
    expect(tables[0].rows.length).toBeGreaterThanOrEqual(4);
    // With the model's mask to begin with, readers who hardly draw are near the reference; without it they have next to nothing.
    for (const reader of ["anna", "ben"]) {
      const mean = (arm: string) => {
        const dice = data.readings
          .filter((one) => one.reader === reader && one.arm === arm)
          .map((one) => one.dice ?? NaN)
          .filter(Number.isFinite);
        return dice.reduce((sum, one) => sum + one, 0) / dice.length;
      };
      expect(mean("with")).toBeGreaterThan(0.8);
      expect(mean("without")).toBeLessThan(0.3);
    }
    const order = JSON.stringify(tables.find(({ title }) => title === "Order and wash-out"));
    expect(order).not.toMatch(/within 28 days|one arm always came first|without both dates|no dates/);
  });
});
