/** Value representations (PS3.5 section 6.2, table 6.2-1) as a table: how a value is laid out in a file. */

export type VrKind = "text" | "number" | "bytes" | "tag" | "sequence";

export interface VrRow {
  readonly kind: VrKind;
  /** Bytes that change places together between byte orders. */
  readonly unit: 1 | 2 | 4 | 8;
  /** Explicit VR: two reserved bytes and a length of 32 bits (PS3.5 table 7.1-1). */
  readonly long: boolean;
  /** What a value of odd length is padded with. */
  readonly pad: number;
  /** Text in the data set's own character set, (0008,0005); the other texts are ASCII. */
  readonly charset?: boolean;
  /** A single value in which a backslash is an ordinary sign. */
  readonly single?: boolean;
}

const text = (more: Partial<VrRow> = {}): VrRow => ({
  kind: "text",
  unit: 1,
  long: false,
  pad: 0x20,
  ...more,
});
const number = (unit: VrRow["unit"], long = false): VrRow => ({ kind: "number", unit, long, pad: 0 });
const bytes = (unit: VrRow["unit"]): VrRow => ({ kind: "bytes", unit, long: true, pad: 0 });

export const valueRepresentations = {
  AE: text(),
  AS: text(),
  CS: text(),
  DA: text(),
  DS: text(),
  DT: text(),
  IS: text(),
  LO: text({ charset: true }),
  LT: text({ charset: true, single: true }),
  PN: text({ charset: true }),
  SH: text({ charset: true }),
  ST: text({ charset: true, single: true }),
  TM: text(),
  UC: text({ charset: true, long: true }),
  UI: text({ pad: 0 }),
  UR: text({ long: true, single: true }),
  UT: text({ charset: true, long: true, single: true }),
  AT: { kind: "tag", unit: 2, long: false, pad: 0 },
  FL: number(4),
  FD: number(8),
  SL: number(4),
  SS: number(2),
  UL: number(4),
  US: number(2),
  SV: number(8, true),
  UV: number(8, true),
  OB: bytes(1),
  OD: bytes(8),
  OF: bytes(4),
  OL: bytes(4),
  OV: bytes(8),
  OW: bytes(2),
  UN: bytes(1),
  SQ: { kind: "sequence", unit: 1, long: true, pad: 0 },
} as const satisfies Record<string, VrRow>;

export type Vr = keyof typeof valueRepresentations;

export function isVr(code: string): code is Vr {
  return Object.hasOwn(valueRepresentations, code);
}

export function vrRow(vr: Vr): VrRow {
  return valueRepresentations[vr];
}
