/**
 * The whole loop in a real browser on the real server, as two readers and a senior: DICOM in, drawing, review, agreement,
 * training, correction, measurement, SEG out. What was drawn is compared voxel by voxel with what must lie there, worked out
 * without the page's code. Jobs run the built command line. MARROW_SCREENSHOTS names a folder for pictures.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { readDicom } from "../../src/dicom/read-dicom.js";
import { readSegmentation } from "../../src/dicom/seg/read-seg.js";
import { segmentationMask } from "../../src/dicom/seg/segmentation-mask.js";
import { writeConsensus } from "../../src/reading/agree.js";
import { readerMaskFile } from "../../src/reading/places.js";
import { buildApp } from "../../src/server/app.js";
import { closeRoom, openRoom, type Room } from "../../src/server/room.js";
import { writeConfig } from "../../src/study/config.js";
import { places } from "../../src/study/names.js";
import { writeSplits } from "../../src/study/splits-file.js";
import { readMask } from "../../src/volume/nifti.js";
import { expectAccessible } from "./accessible.js";
import { buildPage, chromiumPath, openTab, startBrowser, type Tab } from "./browser.js";
import { pixel } from "./canvas.js";
import { dicomPatients } from "./dicom-patients.js";
import { areShown, dropFiles } from "./in-the-page.js";
import { drag, fold, schemeOf, sorted, type Pixel } from "./mouse.js";
import { PaneOnScreen, type Hanging } from "./patient.js";
import { labels, roundPlan } from "./round-plan.js";
import { ball, obliqueCoronal } from "./volumes.js";

const program = resolve("bin/marrow.js");
const isBuilt = existsSync("dist/cli/main.js");
const hasValidator = spawnSync("dciodvfy", ["-version"]).error === undefined;
const password = "correct horse battery";
const volume = obliqueCoronal();
const [c, s] = [Math.cos(0.45), Math.sin(0.45)];
const hanging: Hanging = {
  volume,
  right: [1, 0, 0],
  below: [0, s, -c],
  extent: [64 * 1.2, 60 * 1.2],
  axis: 2,
};
const coronal = "T1w, coronal plane";
/** The slice in the middle, which a case opens at; the ball lies in it. */
const slice = 6;
const radius = 4;

const patience = { timeout: 60_000 };
const jobPatience = { timeout: 400_000 };

describe.skipIf(chromiumPath === undefined || !isBuilt)(
  "two readers and a senior",
  { timeout: 900_000 },
  () => {
    let [folder, study, originals, page, url] = ["", "", "", "", ""];
    let browser: Browser;
    let room: Room;
    let app: Awaited<ReturnType<typeof buildApp>>;
    let closingTakes = 0; // ms
    const tabs: Tab[] = [];
    const contexts: Record<string, BrowserContext> = {};
    const files = dicomPatients(volume, 4);

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "marrow-end-to-end-"));
      [study, originals] = [join(folder, "study"), join(folder, "dicom")];
      await writeConfig(study, { task: "custom", reader: "consensus", channels: ["T1w"], labels });
      for (const { name, bytes } of files) {
        await mkdir(dirname(join(originals, name)), { recursive: true });
        await writeFile(join(originals, name), bytes);
      }
      [browser, page] = await Promise.all([startBrowser(), buildPage()]);
      const command = [process.execPath, program];
      room = await openRoom(study, {
        version: "0",
        command,
        log: () => undefined,
        dicom: originals,
      });
      app = await buildApp(room, { loopback: true, page });
      app.addHook("preHandler", ({ url: path }) => delay(path.endsWith("/close") ? closingTakes : 0));
      url = `${await app.listen({ host: "127.0.0.1", port: 0 })}/`;
      await room.accounts.createFirst("chief", password);
      for (const [name, role] of [
        ["anna", "reader"],
        ["ben", "reader"],
        ["sara", "senior"],
      ] as const)
        // prettier-ignore
        await room.accounts.create(name, role, password);
    });
    afterAll(async () => {
      await browser.close();
      await app.close();
      await closeRoom(room);
      await Promise.all([folder, page].map((one) => rm(one, { recursive: true, force: true })));
      for (const { faults, strangers } of tabs)
        expect({ faults, strangers }).toEqual({ faults: [], strangers: [] });
    });

    async function open(name: string, path: string): Promise<Page> {
      const known = contexts[name];
      const context =
        known ??
        (await browser.newContext({ viewport: { width: 1360, height: 860 }, colorScheme: schemeOf(name) }));
      contexts[name] = context;
      if (!known) await context.addInitScript("localStorage.setItem('marrow-tour-seen', 'yes')");
      const tab = await openTab(context, url, path);
      tabs.push(tab);
      if (known) return tab.page;
      await tab.page.getByLabel("Name").fill(name);
      await tab.page.getByLabel("Password").fill(password);
      await tab.page.getByRole("button", { name: "Log in" }).click();
      await tab.page.getByText("Log out").waitFor(patience);
      return tab.page;
    }

    async function read(name: string, caseName: string): Promise<Page> {
      const tab = await open(name, `#case/${caseName}`);
      await tab.locator(".panes[data-count]").waitFor(patience);
      return tab;
    }

    const shot = async (tab: Page, name: string) => {
      const to = process.env.MARROW_SCREENSHOTS;
      if (to) await tab.screenshot({ path: join(to, `e2e-${name}.png`) });
    };
    const saved = (tab: Page) => tab.locator(".save-badge[data-state=saved]").waitFor(patience);
    const drawn = async (caseName: string, reader: string) => {
      const { mask } = await room.masks.current({ case: caseName, reader });
      return [...mask.data.keys()].filter((n) => mask.data[n] !== 0);
    };
    const paneOf = (tab: Page) => PaneOnScreen.of(tab, hanging, slice, coronal);

    const swept = (pane: PaneOnScreen, from: Pixel, to: Pixel) =>
      pane.voxelsNear(pane.pointAt(from), pane.pointAt(to), radius);

    const jobDone = (tab: Page, title: string): Promise<void> =>
      tab.locator("article.job[data-state=done]", { hasText: title }).first().waitFor(jobPatience);

    it("drop a folder of DICOM files on the work list, and see what was skipped and why", async () => {
      const tab = await open("sara", "");
      await tab.getByText("0 of 0 cases").waitFor(patience);
      const sent = [
        ...files.map(({ name, bytes }) => [name.replace("/", "_"), Buffer.from(bytes).toString("base64")]),
        ["notes <b>about</b> Jane.txt", Buffer.from("not an image").toString("base64")],
      ];
      await tab.evaluate(dropFiles(sent));
      await tab
        .getByText("57 files, 56 of them DICOM. 4 volumes of 4 patients", { exact: false })
        .waitFor(jobPatience);
      await tab.getByText("Skipped: 1").waitFor();
      await tab.getByRole("cell", { name: "notes <b>about</b> Jane.txt" }).waitFor();
      await tab.getByText("4 of 4 cases").waitFor(patience);
      expect(await tab.locator(".case-link").allTextContents()).toEqual([
        "sub-001",
        "sub-002",
        "sub-003",
        "sub-004",
      ]);
      await expect.poll(() => tab.locator(".thumbnails img").evaluateAll(areShown), patience).toBe(true);
      await shot(tab, "import");
      await expectAccessible(tab);
      await tab.close();
    });

    /** On slice 6, through the ball. */
    let line: [Pixel, Pixel];
    let annas: number[];

    it("draw, erase, undo and redo with the mouse; every voxel lies where the mouse was in the patient", async () => {
      const tab = await read("anna", "sub-001");
      const pane = await paneOf(tab);
      const [x, y] = pane.pixelOf(ball.centre);
      line = [[x - 20, y], [x + 20, y]]; // prettier-ignore
      await drag(tab, ...line);
      await saved(tab);
      const all = swept(pane, ...line);
      expect(await drawn("sub-001", "anna")).toEqual(sorted(all));
      expect(all.length).toBeGreaterThan(40);
      const at = (px: Pixel) => pixel(tab, coronal, [px[0] - pane.box.x, px[1] - pane.box.y]);
      const [red, , blue] = await at([x + 10, y]);
      expect(red - blue).toBeGreaterThan(60);
      const [plainRed, , plainBlue] = await at([x + 10, y + 60]);
      expect(Math.abs(plainRed - plainBlue)).toBeLessThan(10);

      await tab.keyboard.press("e");
      const cut: [Pixel, Pixel] = [[x + 16, y - 30], [x + 16, y + 30]]; // prettier-ignore
      await drag(tab, ...cut);
      await saved(tab);
      const erased = new Set(swept(pane, ...cut));
      const left = sorted(all.filter((n) => !erased.has(n)));
      expect(await drawn("sub-001", "anna")).toEqual(left);
      expect(left.length).toBeLessThan(all.length);
      await tab.keyboard.press("Control+z");
      await expect.poll(() => drawn("sub-001", "anna"), patience).toEqual(sorted(all));
      await tab.keyboard.press("Control+y");
      await expect.poll(() => drawn("sub-001", "anna"), patience).toEqual(left);
      annas = left;
      await shot(tab, "drawn");
      await tab.close();
    });

    it("close the tab in the middle of a stroke and lose nothing of what was on the screen", async () => {
      const tab = await read("anna", "sub-001");
      const pane = await paneOf(tab);
      const [x, y] = pane.pixelOf(ball.centre);
      const stroke: [Pixel, Pixel] = [[x - 30, y + 50], [x + 30, y + 50]]; // prettier-ignore
      await tab.keyboard.press("b");
      await drag(tab, ...stroke, false);
      await tab.close({ runBeforeUnload: false });
      const expected = sorted([...annas, ...swept(pane, ...stroke)]);
      const again = await read("anna", "sub-001");
      await saved(again);
      await expect.poll(() => drawn("sub-001", "anna"), patience).toEqual(expected);
      annas = expected;
      closingTakes = 2000; // longer than the next page takes to open the mask
      await again.reload();
      await again.locator(".panes[data-count]").waitFor(patience);
      await again.waitForTimeout(500);
      expect(await again.getByText("open elsewhere").count()).toBe(0);
      closingTakes = 0;
      const second = await read("anna", "sub-001");
      const told = second.getByText("You have this very mask open elsewhere too.");
      await told.waitFor(patience);
      await Promise.all([second.close(), again.close()]);
      expect(await drawn("sub-001", "anna")).toEqual(expected);
    });

    it("submit; the other reader sees nothing of it", async () => {
      const anna = await read("anna", "sub-001");
      await anna.getByRole("button", { name: "Submit for review" }).click();
      await anna.getByRole("button", { name: "Submit", exact: true }).click();
      await anna.getByText("Your reading: submitted.").waitFor(patience);
      await anna.getByRole("link", { name: /^Next case: sub-00[234]$/ }).waitFor(patience);
      await anna.close();
      const ben = await read("ben", "sub-001");
      expect(await ben.getByText("anna").count()).toBe(0);
      const pane = await paneOf(ben);
      await drag(ben, ...line);
      await saved(ben);
      expect(await drawn("sub-001", "ben")).toEqual(sorted(swept(pane, ...line)));
      await ben.getByRole("button", { name: "Submit for review" }).click();
      await ben.getByRole("button", { name: "Submit", exact: true }).click();
      await ben.getByText("Your reading: submitted.").waitFor(patience);
      await ben.close();
    });

    it("review both, look at the consensus over the images, agree", async () => {
      const tab = await read("sara", "sub-001");
      for (const reader of ["anna", "ben"]) {
        await tab
          .locator(".row", { hasText: `${reader} has submitted` })
          .getByRole("button", { name: "Accept" })
          .click();
        await tab.getByRole("dialog").getByRole("button", { name: "Accept" }).click();
        await expect
          .poll(() => room.progress.stateOf({ case: "sub-001", reader }), patience)
          .toBe("accepted");
      }
      const bens = new Set(await drawn("sub-001", "ben"));
      const both = annas.filter((n) => bens.has(n));
      const pane = await paneOf(tab);
      await tab.getByRole("button", { name: "Agree on a consensus" }).click();
      await tab.getByRole("button", { name: "Show in the pictures" }).click();
      await tab
        .getByText("Preview of the consensus (majority of anna, ben). Nothing is written.")
        .waitFor(patience);
      const [x, y] = pane.pixelOf(ball.centre);
      const redness = async () => {
        const [red, , blue] = await pixel(tab, coronal, [x - 30 - pane.box.x, y - pane.box.y]);
        return red - blue;
      };
      await expect.poll(redness, patience).toBeGreaterThan(60);
      expect(room.progress.isAgreed("sub-001")).toBe(false);
      await shot(tab, "preview");
      await tab.getByRole("button", { name: "Back to the mask" }).click();
      await tab.getByRole("button", { name: "Agree on a consensus" }).click();
      await tab.getByRole("button", { name: "Write the consensus" }).click();
      await expect.poll(() => room.progress.isAgreed("sub-001"), patience).toBe(true);
      const { data } = await readMask(readerMaskFile(study, "sub-001", "consensus"));
      expect([...data.keys()].filter((n) => data[n] !== 0)).toEqual(both);
      await tab.close();
    });

    it("train a round on the agreed masks and segment the rest, from the page", async () => {
      // Two more cases are agreed, as the page did with the first one.
      const inBall = Uint8Array.from(volume.data, (value) => (value > 900 ? 1 : 0));
      for (const id of ["sub-002", "sub-003"]) {
        await writeConsensus(room.desk, id, { ...(await room.desk.gridOf(id)), data: inBall }, new Date());
        room.progress.noteAgreement(id, "chosen", ["anna"], "sara");
      }
      await writeFile(join(study, places.plan), JSON.stringify(roundPlan(volume.affine)));
      const folds = [{ train: ["sub-001", "sub-002"], validation: ["sub-003"] }];
      await writeSplits(join(study, places.splits), { folds, test: [], external: [] });
      const tab = await open("sara", "#rounds");
      await tab.getByRole("button", { name: "Freeze a round" }).click();
      await tab.getByRole("button", { name: "Freeze", exact: true }).click();
      await tab.getByRole("rowheader", { name: "1", exact: true }).waitFor(patience);
      await tab.getByRole("link", { name: "Jobs" }).click();
      await tab.getByRole("button", { name: "Start training" }).click();
      await jobDone(tab, "Training");
      await tab.getByRole("link", { name: "Work list" }).click();
      await tab.getByRole("link", { name: "Jobs" }).click();
      await tab.getByRole("button", { name: "Start segmentation" }).click();
      await jobDone(tab, "Segmentation with unet-2d");
      await tab.getByRole("button", { name: "Make heat maps" }).click();
      await jobDone(tab, "Heat maps of unet-2d");
      await shot(tab, "jobs");
      await expectAccessible(tab);
      await tab.getByRole("link", { name: "Work list" }).click();
      await tab.getByText("4 of 4 cases").waitFor(patience);
      const cells = await tab.locator(".work-list tbody td:last-child").allTextContents();
      const values = cells.map(Number);
      expect(values.every((value) => value > 0 && value < 1)).toBe(true);
      expect(new Set(values).size).toBeGreaterThan(1);
      await shot(tab, "work-list");
      await tab.close();
    });

    it("correct the model's mask on a case that nobody has drawn on", async () => {
      const tab = await open("anna", "#case/sub-004");
      await tab.getByRole("dialog", { name: "Start drawing" }).getByRole("button", { name: "Start" }).click();
      await tab.locator(".panes[data-count]").waitFor(patience);
      const model = await readMask(join(study, "derivatives/marrow/segmentations/unet-2d/sub-004.nii.gz"));
      const before = [...model.data.keys()].filter((n) => model.data[n] !== 0);
      expect(await drawn("sub-004", "anna")).toEqual(before);
      const pane = await paneOf(tab);
      const [x, y] = pane.pixelOf(ball.centre);
      const stroke: [Pixel, Pixel] = [[x - 25, y - 40], [x + 25, y - 40]]; // prettier-ignore
      await drag(tab, ...stroke);
      await saved(tab);
      expect(await drawn("sub-004", "anna")).toEqual(sorted([...before, ...swept(pane, ...stroke)]));
      const heat = await fold(tab, "Heat map");
      await heat.getByLabel("Where the model looked").selectOption({ label: "grad-cam of unet-2d" });
      await tab.keyboard.press("Escape");
      await shot(tab, "corrected");
      await tab.close();
    });

    it("measure in the picture and quantify the consensus, to the voxel", async () => {
      const tab = await read("sara", "sub-001");
      const pane = await paneOf(tab);
      const [x, y] = pane.pixelOf(ball.centre);
      await tab.keyboard.press("r");
      await drag(tab, [x - 40, y - 40], [x + 40, y - 40], false);
      await tab.mouse.move(x + 40, y + 40, { steps: 6 });
      await tab.mouse.move(x - 40, y + 40, { steps: 6 });
      await tab.mouse.up();
      await tab.keyboard.press("a");
      for (const [dx, dy] of [[60, 0], [0, 0], [0, -60]] as const) await tab.mouse.click(x + dx, y + dy); // prettier-ignore
      const group = await fold(tab, "Measure and export");
      await group.getByLabel("Mask").selectOption({ label: "Consensus" });
      await group.getByRole("button", { name: "Measure" }).click();
      const { data } = await readMask(readerMaskFile(study, "sub-001", "consensus"));
      const mm3 = data.filter((value) => value === 1).length * 1.2 * 1.2 * 4;
      const row = group.getByRole("row", { name: "Volume · Fat metaplasia", exact: false }).first();
      await row.waitFor(patience);
      expect(Number(/[\d.]+/.exec((await row.getByRole("cell").textContent()) ?? "")?.[0])).toBeCloseTo(
        mm3,
        0,
      );
      await shot(tab, "measured");
      await expectAccessible(tab);
      await tab.close();
    });

    it("take the consensus out as DICOM SEG that reads back equal, and as SEG with SR", async () => {
      const tab = await read("sara", "sub-001");
      const group = await fold(tab, "Measure and export");
      await group.getByLabel("Mask").selectOption({ label: "Consensus" });
      const take = async (button: string) => {
        const waiting = tab.waitForEvent("download", patience);
        await group.getByRole("button", { name: button }).click();
        const download = await waiting;
        const file = join(folder, download.suggestedFilename());
        await download.saveAs(file);
        return file;
      };
      const file = await take("Save as DICOM SEG");
      const { data, size, affine } = await readMask(readerMaskFile(study, "sub-001", "consensus"));
      const seg = readSegmentation(readDicom(new Uint8Array(await readFile(file)), file), file);
      const back = await segmentationMask(seg, { grid: { size, affine } });
      expect(back.resampled).toBe(false);
      expect([...back.mask.data]).toEqual([...data]);
      if (hasValidator) {
        const { stdout, stderr } = spawnSync("dciodvfy", [file], { encoding: "utf8" });
        expect(`${stdout}${stderr}`.split("\n").filter((one) => one.startsWith("Error"))).toEqual([]);
      }
      const zip = await take("Save SEG, SR and key images");
      expect(zip).toMatch(/sub-001_consensus_dicom\.zip$/);
      const nifti = await readMask(await take("Save as NIfTI"));
      expect([...nifti.data]).toEqual([...data]);
      await tab.close();
    });

    it("report, in a frame that runs nothing; a reader sees the agreed patients alone", async () => {
      const tab = await open("sara", "#results");
      await tab.getByRole("button", { name: "Make the report", exact: true }).click();
      const card = tab.getByRole("region", { name: "Report of the study" });
      await card.getByRole("button", { name: "Show" }).waitFor(jobPatience);
      await card.getByRole("button", { name: "Show" }).click();
      const frame = tab.frameLocator("iframe[title='Report of the study']");
      await frame.getByText("Segmentation by networks").first().waitFor(patience);
      await shot(tab, "report");
      await tab.getByRole("button", { name: "Make: report of sub-001" }).click();
      await tab.getByRole("button", { name: "Show: report of sub-001" }).waitFor(jobPatience);
      await tab.getByRole("button", { name: "Show: report of sub-001" }).click();
      await tab
        .frameLocator("iframe[title='Report of sub-001']")
        .getByText("Research use only")
        .first()
        .waitFor(patience);
      await shot(tab, "patient");
      await expectAccessible(tab);
      await tab.close();
      const anna = await open("anna", "#results");
      await anna.getByRole("rowheader", { name: "sub-001" }).waitFor(patience);
      expect(await anna.getByRole("rowheader", { name: "sub-004" }).count()).toBe(0);
      expect(await anna.getByText("Report of the study").count()).toBe(0);
      await anna.close();
    });
  },
);
