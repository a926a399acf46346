import { aucMerit, meanMerit, type CrossedReadings } from "./mrmc-data.js";
import { obuchowskiRockette, type MrmcOptions, type MrmcResult } from "./obuchowski-rockette.js";
import { valueOf, type Quantity, type Reading, type Series } from "./readings.js";

/** Cases that every reader read in every arm with a value of the quantity: the fully crossed part of the study. */
export function crossedReadings(
  series: readonly Series[],
  arms: readonly string[],
  value: (reading: Reading | undefined) => number,
): CrossedReadings & { readonly cases: readonly string[] } {
  const readers = [...new Set(series.map(({ reader }) => reader))].filter((reader) =>
    arms.every((arm) => series.some((one) => one.reader === reader && one.arm === arm)),
  );
  const tables = arms.map((arm) =>
    readers.map((reader) => {
      const own = series.find((one) => one.reader === reader && one.arm === arm);
      return new Map((own?.readings ?? []).map((reading) => [reading.case, value(reading)]));
    }),
  );
  const first = [...(tables[0]?.[0]?.keys() ?? [])];
  const cases = first.filter((id) => tables.flat().every((table) => Number.isFinite(table.get(id) ?? NaN)));
  const scores = tables.map((row) => row.map((table) => cases.map((id) => table.get(id) ?? NaN)));
  return { arms, readers, scores, cases };
}

const correct = (reading: Reading | undefined) => {
  const [truth, decision] = [valueOf(reading, "truth"), valueOf(reading, "decision")];
  return Number.isFinite(truth) && Number.isFinite(decision) ? Number(truth === decision) : NaN;
};

/** What can be averaged over readers; each is left out where it was not recorded for enough readers and cases. */
const merits = {
  "mean Dice": (reading) => valueOf(reading, "dice"),
  accuracy: correct,
  AUC: (reading) => valueOf(reading, "score"),
} as const satisfies Record<string, (reading: Reading | undefined) => number>;

export type Merit = keyof typeof merits;

/** Obuchowski–Rockette analysis of every figure of merit that two readers or more have in all arms. */
export function mrmcAnalyses(
  series: readonly Series[],
  arms: readonly string[],
  options: MrmcOptions = {},
): { readonly merit: Merit; readonly result: MrmcResult }[] {
  return (Object.keys(merits) as Merit[]).flatMap((merit): { merit: Merit; result: MrmcResult }[] => {
    const crossed = crossedReadings(series, arms, merits[merit]);
    if (crossed.readers.length < 2 || crossed.cases.length < 2) return [];
    const name = `${merit}: ${arms.join(" − ")}`;
    if (merit !== "AUC")
      return [{ merit, result: obuchowskiRockette(meanMerit(crossed), { ...options, name }) }];
    const truth = truthOf(series, crossed.cases);
    const isUsable = truth.every((t) => t === 0 || t === 1) && new Set(truth).size === 2;
    return isUsable
      ? [{ merit, result: within(obuchowskiRockette(aucMerit(crossed, truth), { ...options, name })) }]
      : [];
  });
}

/** Every figure of merit here lies between 0 and 1, and so do the ends of its interval. */
function within(result: MrmcResult): MrmcResult {
  const clip = (end: number | null) => (end === null ? null : Math.min(1, Math.max(0, end)));
  return {
    ...result,
    means: result.means.map((mean) => ({ ...mean, low: clip(mean.low), high: clip(mean.high) })),
  };
}

function truthOf(series: readonly Series[], cases: readonly string[]): number[] {
  const known = new Map<string, number>();
  const quantity: Quantity = "truth";
  for (const reading of series.flatMap(({ readings }) => readings))
    if (Number.isFinite(valueOf(reading, quantity))) known.set(reading.case, valueOf(reading, quantity));
  return cases.map((id) => known.get(id) ?? NaN);
}
