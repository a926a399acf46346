/** How far reports and measurements are: what the commands write is what the job tells. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { advanceOf, argsOf } from "../../src/jobs/kinds.js";
import type { Task } from "../../src/jobs/queue.js";
import type { JobRequest } from "../../src/reading/contract/index.js";
import { writePhantomStudy } from "../../src/phantom/study.js";
import { runMarrow } from "../cli/run-marrow.js";
import { folder } from "../study/make-study.js";

const cases: { name: string; request: JobRequest; before: string; after: RegExp }[] = [
  {
    name: "a measurement, in cases",
    request: { kind: "quantify", source: "consensus" },
    before: "measuring the masks of consensus",
    after: /^[123] of 3 cases measured$/,
  },
  {
    name: "a report, in parts",
    request: { kind: "report" },
    before: "report of the study",
    after: /^\d+ of \d+ parts: \S/,
  },
];

describe("the progress of a job", () => {
  it.each(cases)("is told for $name", async ({ request, before, after }) => {
    const dir = join(await folder(), "study");
    await writePhantomStudy(dir, { kind: "sij-t1", subjects: 3, seed: 5, size: "small" });
    const site = { dir, folder: join(dir, "derivatives/marrow/jobs/j1"), seconds: 0 };
    await mkdir(site.folder, { recursive: true });
    const task: Task = { id: "j1.0", turn: 0, job: "j1", part: "whole", request };
    expect(await advanceOf(task, site)).toEqual({ share: 0, doing: before });
    const { code, stderr } = await runMarrow(...((await argsOf(task, site)) ?? []));
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    const { share, doing } = await advanceOf(task, site);
    expect(doing).toMatch(after);
    expect(share).toBeGreaterThanOrEqual(0);
    expect(share).toBeLessThan(1);
    if (request.kind === "quantify") expect(share).toBeCloseTo(Math.min(0.99, Number(doing[0]) / 3), 5);
  });
});
