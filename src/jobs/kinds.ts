/**
 * What each kind of job runs, how far it is, and what it leaves when it is done: a table. Everything a job makes is made so
 * that doing it twice changes nothing that can be seen: masks lie aside until the job is done and are then renamed into
 * place, a training resumes its own run folder.
 */
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { JobRequest } from "../reading/contract/index.js";
import { importArguments } from "../reading/import.js";
import { readingPlaces, runsFolder } from "../reading/places.js";
import { parseSource } from "../reading/sources.js";
import { places } from "../study/names.js";
import { openStudy } from "../study/study.js";
import { foldFiles, foldFolder, runNameOf } from "../training/run-folder.js";
import type { Advance, Task, TaskPart } from "./queue.js";
import { networksOf } from "./tasks.js";

/** Where a job works. */
export interface Site {
  readonly dir: string;
  /** The job's own folder. */
  readonly folder: string;
  /** Since this attempt began, s. */
  readonly seconds: number;
}

interface Kind<R extends JobRequest> {
  /** Arguments of the command line, or undefined where all is done already. */
  readonly args: (request: R, site: Site, part: TaskPart) => Promise<string[] | undefined>;
  readonly advance: (request: R, site: Site) => Promise<Advance>;
  readonly publish: (request: R, site: Site) => Promise<void>;
}

type Of<K extends JobRequest["kind"]> = Extract<JobRequest, { kind: K }>;

const kinds: { readonly [K in JobRequest["kind"]]: Kind<Of<K>> } = {
  segment: {
    args: async (request, site) => {
      const made = new Set(await madeMasks(site));
      const left = (await wantedCases(request, site)).filter((id) => !made.has(id));
      if (left.length === 0) return undefined;
      const model = join(runsFolder(site.dir), request.run);
      const fast = request.fast ? ["--fast"] : [];
      return [
        "segment",
        "--study",
        site.dir,
        "--model",
        model,
        "--cases",
        left.join(","),
        "--out",
        masksIn(site),
        ...fast,
      ];
    },
    advance: async (request, site) => {
      const [made, wanted] = [(await madeMasks(site)).length, (await wantedCases(request, site)).length];
      return { share: made / Math.max(wanted, 1), doing: `${made} of ${wanted} cases segmented` };
    },
    publish: async (request, site) => {
      const target = join(site.dir, readingPlaces.segmentations, request.name ?? request.run);
      await mkdir(target, { recursive: true });
      for (const id of await madeMasks(site))
        for (const ending of [".json", ".nii.gz"])
          if (existsSync(join(masksIn(site), id + ending)))
            await rename(join(masksIn(site), id + ending), join(target, id + ending));
    },
  },
  train: {
    args: async ({ network, run, folds, epochs, minutes, fineTune }, { dir }, part) => [
      ...["train", dir],
      ...option("--network", typeof network === "string" ? network : network?.join(",")),
      ...option("--run", run),
      ...option("--folds", folds?.join(",")),
      ...option("--epochs", epochs),
      ...option("--minutes", minutes),
      ...option("--fine-tune", fineTune && join(runsFolder(dir), fineTune, "fold-0", foldFiles.best)),
      ...(part === "fold" ? ["--no-summary"] : []),
    ],
    advance: trainingAdvance,
    publish: async () => undefined,
  },
  import: {
    args: ({ upload }, { dir, folder }) => importArguments(dir, upload, join(folder, importReportFile)),
    advance: async (_, { folder }) => readAdvance(join(folder, importReportFile), "receiving images"),
    publish: async () => undefined,
  },
  report: {
    args: async ({ subject, run }, { dir, folder }) => [
      ...["report", dir, "--progress", join(folder, progressFile)],
      ...option("--patient", subject),
      ...option("--run", run),
    ],
    advance: async ({ subject }, { folder }) =>
      readAdvance(join(folder, progressFile), `report of ${subject ?? "the study"}`),
    publish: async () => undefined,
  },
  quantify: {
    args: async ({ source }, { dir, folder }) => [
      ...["quantify", dir, ...quantifiedMasks(dir, source)],
      ...["--progress", join(folder, progressFile)],
    ],
    advance: async ({ source }, { folder }) =>
      readAdvance(join(folder, progressFile), `measuring the masks of ${source}`),
    publish: async () => undefined,
  },
  explain: {
    args: async ({ run, label, cases }, site) => [
      ...["explain", "--study", site.dir, "--model", join(runsFolder(site.dir), run), "--out", masksIn(site)],
      ...option("--label", label),
      ...option("--cases", cases?.join(",")),
    ],
    advance: async (request, site) => {
      const [made, wanted] = [(await madeMasks(site)).length, (await wantedCases(request, site)).length];
      return { share: made / Math.max(wanted, 1), doing: `${made} of ${wanted} cases explained` };
    },
    publish: async ({ run }, site) => {
      const target = join(site.dir, readingPlaces.explanations, run);
      await mkdir(target, { recursive: true });
      for (const name of await readdir(masksIn(site)).catch(() => []))
        await rename(join(masksIn(site), name), join(target, name));
    },
  },
};

/** In the job's folder: how far an import is, and in the end what it did. */
export const importReportFile = "report.json";

/** In the job's folder: how far a report or a measurement is. */
const progressFile = "progress.json";

async function readAdvance(file: string, first: string): Promise<Advance> {
  const text = await readFile(file, "utf8").catch(() => "{}");
  const { share = 0, doing = first } = JSON.parse(text) as Partial<Advance>;
  return { share: Math.min(0.99, share), doing };
}

/** Options of `marrow quantify STUDY` that name the masks; what it makes is called by them. */
function quantifiedMasks(dir: string, name: string): string[] {
  const source = parseSource(name);
  const inFolder = (...parts: string[]) => [
    ...["--masks", join(dir, ...parts)],
    ...["--out", join(dir, places.quantification, name)],
  ];
  switch (source.kind) {
    case "consensus":
      return [];
    case "segmentation":
      return inFolder(readingPlaces.segmentations, source.name);
    case "round":
      return inFolder(readingPlaces.rounds, String(source.number), source.name);
    default:
      return [`--${source.kind}`, source.name];
  }
}

const option = (name: string, value: string | number | undefined) =>
  value === undefined ? [] : [name, String(value)];

const masksIn = ({ folder }: Site) => join(folder, "masks");

async function madeMasks(site: Site): Promise<string[]> {
  const names = await readdir(masksIn(site)).catch(() => []);
  return names.filter((name) => /^[^.].*\.nii\.gz$/.test(name)).map((name) => name.replace(/\.nii\.gz$/, ""));
}

async function wantedCases(request: Of<"segment" | "explain">, { dir }: Site): Promise<string[]> {
  if (request.cases) return request.cases;
  return (await openStudy(dir, { ignorePlan: true, ignoreSplits: true })).cases.map(({ id }) => id);
}

/** Epochs in the folds' logs against the plan's; of a timed training also the time that has passed. */
async function trainingAdvance(request: Of<"train">, site: Site): Promise<Advance> {
  const { plan, splits } = await openStudy(site.dir);
  const networks = networksOf(request) ?? [plan?.networks[0].name ?? ""];
  const folds = request.folds ?? (splits?.folds ?? []).map((_, fold) => fold);
  const epochs = request.epochs ?? plan?.epochs ?? 1;
  const parts = networks.flatMap((network) => folds.map((fold) => ({ network, fold })));
  const shares = await Promise.all(
    parts.map(({ network, fold }) => {
      const run = runNameOf({ run: request.run, networks }, network);
      return foldShare(foldFolder(join(runsFolder(site.dir), run), fold), epochs);
    }),
  );
  const byEpochs = shares.reduce((a, b) => a + b, 0) / Math.max(parts.length, 1);
  const byTime =
    request.minutes === undefined ? 0 : site.seconds / (request.minutes * 60 * Math.max(parts.length, 1));
  const current = shares.findIndex((share) => share < 1);
  const network = networks.length > 1 ? `${parts[current]?.network} ` : "";
  const doing =
    current < 0
      ? "finishing"
      : `${network}fold ${parts[current].fold}, ${Math.round(shares[current] * 100)} %`;
  return { share: Math.min(0.99, Math.max(byEpochs, byTime)), doing };
}

async function foldShare(folder: string, epochs: number): Promise<number> {
  if (existsSync(join(folder, foldFiles.scores))) return 1;
  const log = await readFile(join(folder, foldFiles.log), "utf8").catch(() => "");
  const last = Number(log.trim().split("\n").at(-1)?.split("\t")[0]);
  return Number.isFinite(last) ? Math.min(1, last / epochs) : 0;
}

export function argsOf({ request, part }: Task, site: Site): Promise<string[] | undefined> {
  return kindOf(request).args(request, site, part);
}

export function advanceOf({ request }: Task, site: Site): Promise<Advance> {
  return kindOf(request).advance(request, site);
}

/** Puts what the job made where it can be seen. May be done again after it was interrupted. */
export function publish(request: JobRequest, site: Site): Promise<void> {
  return kindOf(request).publish(request, site);
}

function kindOf({ kind }: JobRequest): Kind<JobRequest> {
  return kinds[kind] as Kind<JobRequest>;
}
