/** Masks of a case by where they come from: which there are, and in which file each lies. */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { MaskEntry } from "./contract/index.js";
import { places } from "../study/names.js";
import { readerMaskFile, readingPlaces, runsFolder } from "./places.js";

export type Source =
  | { readonly kind: "reader" | "run" | "segmentation"; readonly name: string }
  | { readonly kind: "consensus" }
  | { readonly kind: "round"; readonly number: number; readonly name: string };

/** What a source's name says (its form was checked by the contract's schema). */
export function parseSource(source: string): Source {
  const [kind, first, ...rest] = source.split(".");
  if (kind === "round") return { kind, number: Number(first), name: rest.join(".") };
  if (kind === "run" || kind === "segmentation" || kind === "reader") return { kind, name: first };
  return { kind: "consensus" };
}

/** What is needed to find a case's masks. */
export interface Whereabouts {
  readonly dir: string;
  readonly case: string;
  /** The study's reference reader: whose folder holds the consensus. */
  readonly reference: string;
}

/** File of a mask, or undefined where there is none. */
export async function sourceFile(source: Source, where: Whereabouts): Promise<string | undefined> {
  const candidates = await files[source.kind](source as never, where);
  return candidates.find((file) => existsSync(file));
}

type Named = { readonly name: string };

/** Where the mask of each kind may lie, most wanted first. */
const files = {
  reader: async ({ name }: Named, at: Whereabouts) => [readerMaskFile(at.dir, at.case, name)],
  consensus: async (_: unknown, at: Whereabouts) => [readerMaskFile(at.dir, at.case, at.reference)],
  run: async ({ name }: Named, at: Whereabouts) =>
    (await foldersIn(join(runsFolder(at.dir), name)))
      .filter((fold) => /^fold-\d+$/.test(fold))
      .map((fold) => join(runsFolder(at.dir), name, fold, "predictions", `${at.case}.nii.gz`)),
  segmentation: async ({ name }: Named, at: Whereabouts) => [
    join(at.dir, readingPlaces.segmentations, name, `${at.case}.nii.gz`),
  ],
  round: async ({ number, name }: Named & { number: number }, at: Whereabouts) => [
    join(at.dir, readingPlaces.rounds, String(number), name, `${at.case}.nii.gz`),
  ],
} satisfies Record<Source["kind"], (source: never, at: Whereabouts) => Promise<string[]>>;

/** Folders in a folder, sorted with numbers in order; [] where it does not exist. */
export async function foldersIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .sort(new Intl.Collator("en", { numeric: true }).compare);
}

/** Readers who have a folder of masks, the reference left out. */
export async function annotators({ dir, reference }: Omit<Whereabouts, "case">): Promise<string[]> {
  return (await foldersIn(join(dir, places.annotations))).filter((name) => name !== reference);
}

/** Every mask of a case, for an account `user`. */
export async function masksOf(at: Whereabouts, user: string): Promise<MaskEntry[]> {
  const found: MaskEntry[] = [];
  const add = async (source: Source, entry: Omit<MaskEntry, "kind" | "mine">) => {
    if (!(await sourceFile(source, at))) return;
    found.push({ ...entry, kind: source.kind, mine: source.kind === "reader" && source.name === user });
  };
  for (const name of await annotators(at))
    await add({ kind: "reader", name }, { source: `reader.${name}`, title: name });
  await add({ kind: "consensus" }, { source: "consensus", title: "Consensus" });
  for (const kind of ["run", "segmentation"] as const)
    for (const name of await modelNames(at.dir, kind))
      await add({ kind, name }, { source: `${kind}.${name}`, title: name });
  for (const round of await foldersIn(join(at.dir, readingPlaces.rounds)))
    for (const name of await foldersIn(join(at.dir, readingPlaces.rounds, round))) {
      const number = Number(round);
      const title = `${name}, round ${round}`;
      await add({ kind: "round", number, name }, { source: `round.${round}.${name}`, title, round: number });
    }
  return found;
}

/** Names of runs with predictions, or of segmentations. */
export async function modelNames(dir: string, kind: "run" | "segmentation"): Promise<string[]> {
  return foldersIn(kind === "run" ? runsFolder(dir) : join(dir, readingPlaces.segmentations));
}
