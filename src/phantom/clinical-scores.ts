/** Clinical scores of a synthetic subject, drawn around what its lesions are, so that correlations have something to find. */
import type { Random } from "../base/random.js";
import type { Lesion } from "./lesion.js";
import type { Person } from "./person.js";

/** One cell a column of participants.tsv; n/a where the imagined clinic has no value. */
export type ClinicalScores = Readonly<Record<string, string>>;

const limited = (value: number, low: number, high: number, digits = 0) =>
  Math.min(high, Math.max(low, value)).toFixed(digits);

/**
 * Disease duration (months), BASDAI, ASDAS for everybody; Harris hip score, HIMRISS and its parts for hips. Activity rises
 * with the volume of the lesions and with CRP; every twentieth value is missing.
 */
export function drawClinicalScores(
  { kind, person, lesions }: { kind: string; person: Person; lesions: readonly Lesion[] },
  random: Random,
): ClinicalScores {
  const volume = (wanted: (lesion: Lesion) => boolean) =>
    lesions.filter(wanted).reduce((sum, lesion) => sum + lesion.volumeMm3, 0) / 1000;
  const burden = Math.log1p(volume(() => true));
  const activity = 0.9 * burden + 0.5 * Math.log1p(person.crp) + random.normal(0, 0.8);
  const known = (text: string) => (random.chance(0.05) ? "n/a" : text);
  const general = {
    disease_duration: known(limited(Math.exp(random.normal(3.2, 1.1)), 1, 500)),
    basdai: known(limited(1.5 + 1.2 * activity + random.normal(0, 1), 0, 10, 1)),
    asdas: known(limited(0.9 + 0.7 * activity + random.normal(0, 0.4), 0.6, 7, 1)),
  };
  if (kind !== "hip-stir") return general;
  const bme = limited(4 * volume((one) => one.kind === "bone-marrow-oedema") + random.normal(2, 3), 0, 100);
  const synovitis = limited(2 * volume((one) => one.kind === "effusion") + random.normal(2, 2), 0, 30);
  return {
    ...general,
    harris: known(limited(95 - 6 * activity + random.normal(0, 6), 0, 100)),
    himriss: String(Number(bme) + Number(synovitis)),
    himriss_bme: bme,
    himriss_synovitis: synovitis,
  };
}
