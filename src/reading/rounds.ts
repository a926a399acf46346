/**
 * Rounds of annotation (paper 1 had five): all readers' masks and the consensus are copied, and each is compared with the
 * same reader's mask in the last round that has it.
 */
import { existsSync } from "node:fs";
import { rename, rm, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readMask, writeNifti } from "../volume/nifti.js";
import type { Mask } from "../volume/volume.js";
import { diceByLabel, type NamedLabel } from "./consensus/consensus.js";
import type { Round } from "./contract/index.js";
import type { Desk } from "./desk.js";
import { readerMaskFile, readingPlaces } from "./places.js";
import type { ReaderMasks } from "./reader-masks.js";
import { annotators } from "./sources.js";

type RoundMask = Round["masks"][number];

interface RoundRow {
  number: number;
  made: string;
  made_by: string;
  comment: string;
  masks: string;
}

/** All rounds, first to last. */
export async function roundsOf(desk: Desk): Promise<Round[]> {
  const { labels } = (await desk.study()).config;
  const rows = desk.store.all<RoundRow>(
    "SELECT number, made, made_by, comment, masks FROM rounds ORDER BY number",
  );
  return rows.map(({ number, made, made_by, comment, masks }) => {
    const frozen = JSON.parse(masks) as RoundMask[];
    return { number, made, by: made_by, comment, masks: frozen, meanDice: meanDice(frozen, labels) };
  });
}

function meanDice(masks: readonly RoundMask[], labels: readonly NamedLabel[]): Round["meanDice"] {
  return Object.fromEntries(
    labels.map(({ name }) => {
      const values = masks.map(({ dice }) => dice[name]).filter((value) => typeof value === "number");
      return [name, values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length];
    }),
  );
}

/**
 * Freezes a round. Masks are written into a folder beside the rounds' and renamed when it is whole, so that a round is
 * there or not; what an interrupted one left is removed.
 */
export async function freezeRound(
  desk: Desk,
  masks: ReaderMasks,
  { by, comment, when }: { by: string; comment: string; when: Date },
): Promise<Round> {
  const number = ((await roundsOf(desk)).at(-1)?.number ?? 0) + 1;
  const target = join(desk.dir, readingPlaces.rounds, String(number));
  const building = join(desk.dir, readingPlaces.rounds, `.${number}`);
  for (const left of [building, target]) await rm(left, { recursive: true, force: true });
  await mkdir(building, { recursive: true });
  const frozen: RoundMask[] = [];
  for await (const { case: id, reader, mask } of allMasks(desk, masks)) {
    const file = join(building, reader, `${id}.nii.gz`);
    await mkdir(dirname(file), { recursive: true });
    await writeNifti(file, mask, { description: `Marrow mask, round ${number}. Research use only.` });
    frozen.push({ case: id, reader, dice: await diceToLast(desk, number, id, reader, mask) });
  }
  await rename(building, target);
  desk.store.run(
    "INSERT INTO rounds (number, made, made_by, comment, masks) VALUES (?, ?, ?, ?, ?)",
    ...[number, when.toISOString(), by, comment, JSON.stringify(frozen)],
  );
  return (await roundsOf(desk)).at(-1) as Round;
}

/** Every reader's mask of every case, strokes not yet in files included, then the consensus. */
async function* allMasks(desk: Desk, masks: ReaderMasks) {
  const { cases, config } = await desk.study();
  const readers = [...(await annotators({ dir: desk.dir, reference: config.reader })), ...journalled(desk)];
  for (const { id } of cases) {
    for (const reader of new Set(readers)) {
      const key = { case: id, reader };
      if (masks.exists(key)) yield { ...key, mask: (await masks.current(key)).mask };
    }
    const consensus = readerMaskFile(desk.dir, id, config.reader);
    if (existsSync(consensus)) yield { case: id, reader: config.reader, mask: await readMask(consensus) };
  }
}

const journalled = (desk: Desk) =>
  desk.store.all<{ reader: string }>("SELECT DISTINCT reader FROM masks").map(({ reader }) => reader);

async function diceToLast(desk: Desk, number: number, id: string, reader: string, mask: Mask) {
  const { labels } = (await desk.study()).config;
  for (let last = number - 1; last > 0; last--) {
    const file = join(desk.dir, readingPlaces.rounds, String(last), reader, `${id}.nii.gz`);
    if (existsSync(file)) return diceByLabel(mask.data, (await readMask(file)).data, labels);
  }
  return Object.fromEntries(labels.map(({ name }) => [name, null]));
}
