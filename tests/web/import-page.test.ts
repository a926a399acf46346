/** Images come in through the page: a folder that is chosen, with folders in it, and several archives dropped at once. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeConfig } from "../../src/study/config.js";
import { zip } from "../dicom/make-zip.js";
import { buildPage, chromiumPath, startBrowser } from "./browser.js";
import { dicomPatients, type SentFile } from "./dicom-patients.js";
import { dropFiles } from "./in-the-page.js";
import { roomOnPage, windowOf, type RoomOnPage } from "./room-on-page.js";
import { labels } from "./round-plan.js";
import { obliqueCoronal } from "./volumes.js";

const isBuilt = existsSync("dist/cli/main.js");
const patience = { timeout: 400_000 };

describe.skipIf(chromiumPath === undefined || !isBuilt)(
  "import through the page",
  { timeout: 900_000 },
  () => {
    let [folder, webDir] = ["", ""];
    let browser: Browser;
    let room: RoomOnPage;
    let page: Page;
    let complaints: readonly (readonly string[])[] = [];
    const files = dicomPatients(obliqueCoronal(), 4);
    const of = (patient: number) => files.filter(({ name }) => name.startsWith(`Number${patient}/`));

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "marrow-import-page-"));
      const study = join(folder, "study");
      await writeConfig(study, { task: "custom", reader: "consensus", channels: ["T1w"], labels });
      [browser, webDir] = await Promise.all([startBrowser(), buildPage()]);
      room = await roomOnPage(study, webDir, { command: [process.execPath, resolve("bin/marrow.js")] });
      const opened = await windowOf(room, room.people.senior, browser);
      page = opened.page;
      complaints = [opened.faults, opened.strangers];
      await page.goto(`${room.url}#cases`);
      await page.getByText("0 of 0 cases").waitFor();
    });
    afterAll(async () => {
      await browser.close();
      await room.close();
      await Promise.all([folder, webDir].map((one) => rm(one, { recursive: true, force: true })));
      expect(complaints).toEqual([[], []]);
    });

    async function writeTree(root: string, tree: Readonly<Record<string, Uint8Array>>): Promise<void> {
      for (const [name, bytes] of Object.entries(tree)) {
        await mkdir(dirname(join(root, name)), { recursive: true });
        await writeFile(join(root, name), bytes);
      }
    }

    const byName = (sent: readonly SentFile[], place: string) =>
      Object.fromEntries(sent.map(({ name, bytes }) => [`${place}/${basename(name)}`, bytes]));

    it("takes a chosen folder with all that lies in it, however deep", async () => {
      const scans = join(folder, "scans");
      await writeTree(scans, {
        ...byName(of(0), "one"),
        ...byName(of(1), "two/2026-01-05/series 3"),
        "two/2026-01-05/read me.txt": Buffer.from("not an image"),
      });
      await page.getByText("Import images").click();
      const choosing = page.waitForEvent("filechooser");
      await page.getByRole("button", { name: "Choose a folder" }).click();
      await (await choosing).setFiles(scans);
      await page.getByText("29 files, 28 of them DICOM. 2 volumes of 2 patients recognised", { exact: false }).waitFor(patience); // prettier-ignore
      await page.getByRole("cell", { name: "scans/two/2026-01-05/read me.txt" }).waitFor();
      await page.getByText("2 of 2 cases").waitFor();
    });

    it("unpacks each of several archives that are dropped at once, and names what is wrong in which", async () => {
      const archives = [2, 3].map((n) =>
        zip({ ...byName(of(n), "scan"), "scan/notes.txt": Buffer.from("x") }),
      );
      const sent = archives.map((bytes, n) => [`patient ${n}.zip`, bytes.toString("base64")]);
      await page.evaluate(dropFiles(sent));
      await page.getByText(/^30 files, 28 of them DICOM\..* 2 images written\./).waitFor(patience);
      for (const n of [0, 1])
        await page.getByRole("cell", { name: `patient ${n}.zip/scan/notes.txt` }).waitFor();
      await page.getByText("4 of 4 cases").waitFor();
      expect(await page.locator(".case-link").count()).toBe(4);
    });
  },
);
