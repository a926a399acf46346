/** The other kinds of reader studies through the page: experts' feedback as in paper 2, and scoring with suggestions. */
import { copyFile, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Protocol } from "../../src/reading/contract/index.js";
import { writePhantomStudy } from "../../src/phantom/study.js";
import { readStudyData } from "../../src/report/study/study-data.js";
import { expertFeedback } from "../../src/report/study/parts/expert-feedback.js";
import { parseTsv } from "../../src/study/tsv.js";
import { outcome } from "../server/open-room.js";
import { protocolOf } from "../server/reader-study-room.js";
import { expectAccessible } from "./accessible.js";
import { buildPage, chromiumPath, startBrowser } from "./browser.js";
import { picture, roomOnPage, windowOf, type RoomOnPage } from "./room-on-page.js";

describe.skipIf(chromiumPath === undefined)("further reader studies through the page", () => {
  let [folder, study, webDir] = ["", "", ""];
  let browser: Browser;
  let room: RoomOnPage;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "marrow-kinds-"));
    study = join(folder, "study");
    await writePhantomStudy(study, { kind: "hip-stir", subjects: 1, seed: 4, size: "small" });
    const segmentations = join(study, "derivatives/marrow/segmentations/unet");
    await mkdir(segmentations, { recursive: true });
    const truth = join(study, "derivatives/annotations/truth/sub-001/anat/sub-001_mask.nii.gz");
    await copyFile(truth, join(segmentations, "sub-001.nii.gz"));
    [browser, webDir] = await Promise.all([startBrowser(), buildPage()]);
    room = await roomOnPage(study, webDir);
  });
  afterAll(async () => {
    await browser.close();
    await room.close();
    await Promise.all([folder, webDir].map((one) => rm(one, { recursive: true })));
  });

  const create = async (changes: Partial<Protocol>) => {
    const body = protocolOf({ cases: ["sub-001"], readers: ["anna"], ...changes });
    expect(outcome(await room.people.admin.post("/api/reader-studies", body))).toBe("200");
  };
  const answer = (page: Page, question: string, said: string) =>
    page.getByRole("group", { name: question }).getByLabel(said, { exact: true }).check();
  const finish = async (page: Page) => {
    await page.getByRole("button", { name: "Finish this reading" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Finish", exact: true }).click();
    await page.getByText("The study is locked.").first().waitFor();
  };

  it("asks an expert of each finding whether the model found and outlined it", async () => {
    const tasks = { segmentation: false, diagnosis: null, scoring: null, feedback: true };
    await create({ name: "experts", title: "Experts", tasks, arms: [{ name: "feedback", assisted: true }] });
    const { page, context, faults } = await windowOf(room, room.people.anna, browser);
    await page.getByRole("link", { name: "Begin" }).click();
    await page.getByRole("img", { name: "STIR, coronal plane" }).waitFor();
    await page.getByText("Only the reference").waitFor();
    await page.getByRole("button", { name: "Finish this reading" }).click();
    await page.getByText("Answer the questions on bone marrow oedema.").waitFor();
    await answer(page, "Is there bone marrow oedema?", "Yes");
    await page
      .getByRole("region", { name: "Bone marrow oedema" })
      .getByRole("group", { name: "Did the model find it?" })
      .getByLabel("Yes")
      .check();
    await page.getByRole("region", { name: "Bone marrow oedema" }).getByLabel("Partly").check();
    await answer(page, "Is there effusion?", "No");
    await page
      .getByRole("region", { name: "Effusion" })
      .getByRole("group", { name: "mark it all the same" })
      .getByLabel("Yes")
      .check();
    await expectAccessible(page);
    await picture(page, "feedback");
    await finish(page);
    const { rows } = parseTsv(
      await readFile(join(study, "derivatives/marrow/reader-study/feedback.tsv"), "utf8"),
      "",
    );
    expect(rows).toMatchObject([
      {
        expert: "anna",
        case: "sub-001",
        label: "bone-marrow-oedema",
        present: "1",
        marked: "1",
        outlined: "partly",
      },
      { expert: "anna", case: "sub-001", label: "effusion", present: "0", marked: "1" },
    ]);
    expect(await expertFeedback(await readStudyData(study))).toHaveLength(1);
    await context.close();
    expect(faults).toEqual([]);
  });

  it("scores in a reading, with the model's suggestion where the protocol shows it", async () => {
    const tasks = {
      ...{ segmentation: false, feedback: false },
      diagnosis: { question: "Is it axSpA?", column: "diagnosis", positive: "axSpA" },
      scoring: { template: "himriss" as const, suggestions: true },
    };
    await create({
      name: "hips",
      title: "Hips",
      tasks,
      readers: ["ben"],
      arms: [{ name: "with", assisted: true }],
    });
    const { page, context, faults } = await windowOf(room, room.people.ben, browser, "dark");
    await page.getByRole("link", { name: "Begin" }).click();
    await page.getByRole("button", { name: "Score the slices around this one" }).click();
    await page.getByRole("button", { name: "Place the regions" }).click();
    await page.getByRole("button", { name: "Same regions on all slices" }).click();
    await page.getByRole("region", { name: "Suggestion" }).getByRole("button", { name: "Show" }).click();
    await page.getByText(/The mask suggests [1-9]\d* points/).waitFor();
    await page.getByRole("button", { name: "Take over" }).click();
    await answer(page, "Is it axSpA?", "No");
    await page.getByLabel("2 unsure").check();
    await page.getByRole("button", { name: "Finish this reading" }).click();
    await page.getByText("Finish the score first.").waitFor();
    await page.getByRole("button", { name: "Finish the score" }).click();
    await page.getByText("Finished. A change opens it again.").waitFor();
    await expectAccessible(page);
    await picture(page, "scored-reading");
    await finish(page);
    const text = await readFile(join(study, "derivatives/marrow/scores/himriss.tsv"), "utf8");
    const [row] = parseTsv(text, "").rows;
    expect(row).toMatchObject({ reader: "ben", case: "sub-001", arm: "with", assisted: "1" });
    expect(Number(row["femoral-bme"])).toBeGreaterThan(0);
    const [reading] = parseTsv(
      await readFile(join(study, "derivatives/marrow/reader-study/readings.tsv"), "utf8"),
      "",
    ).rows;
    expect(reading).toMatchObject({ arm: "with", decision: "0", confidence: "2", score: "4" });
    await context.close();
    expect(faults).toEqual([]);
  });
});
