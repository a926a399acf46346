/** What a volume can be recognised as. */

export type Weighting =
  "T1" | "T2" | "PD" | "T2*" | "diffusion" | "functional" | "map" | "localizer" | "unknown";
export type FatSuppression = "STIR" | "SPAIR" | "Dixon" | "FS" | "none";
export type BodyPart = "SIJ" | "hip" | "pelvis" | "other" | "unknown";

export interface Verdict<T extends string> {
  readonly is: T;
  /** 0 to 1. */
  readonly confidence: number;
}
