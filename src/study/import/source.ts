/** What every kind of source is turned into before it is imported. */
import type { Splits } from "../types.js";
import type { Finding, Label } from "../types.js";
import type { Row } from "../tsv.js";

export interface SourceMask {
  readonly path: string;
  /** Reader's name where the source knows it; else the study's reference reader. */
  readonly reader?: string;
}

export interface SourceCase {
  /** The case's name in the source. */
  readonly id: string;
  /** The patient's name in the source. */
  readonly subject: string;
  readonly session?: string;
  /** One file per channel, in the source's order of channels. */
  readonly images: readonly string[];
  readonly masks: readonly SourceMask[];
  /** Cells for participants.tsv. */
  readonly columns?: Row;
}

export interface Source {
  /** In words, for the report: "nnU-Net folder …". */
  readonly title: string;
  readonly cases: readonly SourceCase[];
  /** Suffixes of the channels, as far as the source tells. */
  readonly channels?: readonly string[];
  /** Labels as far as the source tells. */
  readonly labels?: readonly Label[];
  readonly task?: string;
  readonly reader?: string;
  /** With the source's names of cases. */
  readonly splits?: Splits;
  readonly findings: readonly Finding[];
}
