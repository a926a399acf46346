/**
 * Recognises what a volume shows: weighting, fat suppression, plane, body part. Every rule of the tables votes where its
 * condition holds; physics weigh more than words, since descriptions are typed by people. The share of the votes for the
 * winner is the confidence.
 */
import type { Evidence } from "./evidence.js";
import type { BodyPart, FatSuppression, Verdict, Weighting } from "./verdict.js";
import { bodyRules, fatRules, weightingRules, type Rule } from "./recognition-rules.js";
import { planeOf, type Plane } from "./plane.js";

export interface Recognised {
  readonly weighting: Verdict<Weighting>;
  readonly fat: Verdict<FatSuppression>;
  readonly plane: Verdict<Plane>;
  readonly bodyPart: Verdict<BodyPart>;
}

export function recognise(evidence: Evidence): Recognised {
  return {
    weighting: vote(weightingRules, evidence, "unknown"),
    fat: vote(fatRules, evidence, "none"),
    plane: planeOf(evidence),
    bodyPart: vote(bodyRules, evidence, "unknown"),
  };
}

/** A single weak vote is no certainty: this much doubt stands against every winner. */
const doubt = 0.5;

/** The answer with most votes; `otherwise`, with no confidence, where no rule speaks. */
export function vote<T extends string>(
  rules: readonly Rule<T>[],
  evidence: Evidence,
  otherwise: T,
): Verdict<T> {
  const votes = new Map<T, number>();
  for (const rule of rules)
    if (rule.when(evidence)) votes.set(rule.says, (votes.get(rule.says) ?? 0) + rule.votes);
  const ranked = [...votes].sort(([, a], [, b]) => b - a);
  if (ranked.length === 0) return { is: otherwise, confidence: otherwise === "unknown" ? 0 : 0.5 };
  const all = ranked.reduce((sum, [, n]) => sum + n, doubt);
  return { is: ranked[0][0], confidence: ranked[0][1] / all };
}

/**
 * Ending of the image's file name: `T1w`, `T2w`, `STIR`, with `FS` for other fat suppression (`T2wFS`); undefined for what is
 * no anatomical image (localizers, maps, diffusion) or was not recognised.
 */
export function suffixOf({ weighting, fat }: Recognised): string | undefined {
  if (fat.is === "STIR" && weighting.is !== "localizer") return "STIR";
  const base = { T1: "T1w", T2: "T2w", PD: "PDw", "T2*": "T2starw" }[weighting.is as string];
  return base === undefined ? undefined : fat.is === "none" ? base : `${base}FS`;
}
