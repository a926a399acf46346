/**
 * Where the fields of a NIfTI-1 (348 bytes) and a NIfTI-2 header (540 bytes) stand. One table each serves reading and
 * writing. Sources: nifti1.h and nifti2.h of the NIfTI Data Format Working Group.
 */
type Kind = "i16" | "i32" | "i64" | "f32" | "f64" | "u8";
/** Offset in bytes, kind of number, how many. */
type Field = readonly [number, Kind, number];

const nifti1 = {
  dim: [40, "i16", 8],
  intent_code: [68, "i16", 1],
  datatype: [70, "i16", 1],
  bitpix: [72, "i16", 1],
  pixdim: [76, "f32", 8],
  vox_offset: [108, "f32", 1],
  scl_slope: [112, "f32", 1],
  scl_inter: [116, "f32", 1],
  xyzt_units: [123, "u8", 1],
  descrip: [148, "u8", 80],
  qform_code: [252, "i16", 1],
  sform_code: [254, "i16", 1],
  quatern: [256, "f32", 3],
  qoffset: [268, "f32", 3],
  srow: [280, "f32", 12],
  magic: [344, "u8", 4],
} as const satisfies Record<string, Field>;

export type FieldName = keyof typeof nifti1;
export type Fields = Record<FieldName, number[]>;

const nifti2 = {
  magic: [4, "u8", 8],
  datatype: [12, "i16", 1],
  bitpix: [14, "i16", 1],
  dim: [16, "i64", 8],
  pixdim: [104, "f64", 8],
  vox_offset: [168, "i64", 1],
  scl_slope: [176, "f64", 1],
  scl_inter: [184, "f64", 1],
  descrip: [240, "u8", 80],
  qform_code: [344, "i32", 1],
  sform_code: [348, "i32", 1],
  quatern: [352, "f64", 3],
  qoffset: [376, "f64", 3],
  srow: [400, "f64", 12],
  xyzt_units: [500, "i32", 1],
  intent_code: [504, "i32", 1],
} as const satisfies Record<FieldName, Field>;

export const layouts = {
  1: { bytes: 348, fields: nifti1 as Readonly<Record<FieldName, Field>> },
  2: { bytes: 540, fields: nifti2 as Readonly<Record<FieldName, Field>> },
} as const;

interface NumberKind {
  bytes: number;
  get: (view: DataView, at: number, little: boolean) => number;
  set: (view: DataView, at: number, value: number, little: boolean) => void;
}

const kinds: Readonly<Record<Kind, NumberKind>> = {
  u8: { bytes: 1, get: (v, at) => v.getUint8(at), set: (v, at, x) => v.setUint8(at, x) },
  i16: { bytes: 2, get: (v, at, le) => v.getInt16(at, le), set: (v, at, x, le) => v.setInt16(at, x, le) },
  i32: { bytes: 4, get: (v, at, le) => v.getInt32(at, le), set: (v, at, x, le) => v.setInt32(at, x, le) },
  i64: {
    bytes: 8,
    get: (v, at, le) => Number(v.getBigInt64(at, le)),
    set: (v, at, x, le) => v.setBigInt64(at, BigInt(x), le),
  },
  f32: { bytes: 4, get: (v, at, le) => v.getFloat32(at, le), set: (v, at, x, le) => v.setFloat32(at, x, le) },
  f64: { bytes: 8, get: (v, at, le) => v.getFloat64(at, le), set: (v, at, x, le) => v.setFloat64(at, x, le) },
};

/** Reads every field of the table from a header of that version. */
export function readFields(view: DataView, version: 1 | 2, little: boolean): Fields {
  const read = ([offset, kind, count]: Field) =>
    Array.from({ length: count }, (_, n) => kinds[kind].get(view, offset + n * kinds[kind].bytes, little));
  const entries = Object.entries(layouts[version].fields).map(([name, field]) => [name, read(field)]);
  return Object.fromEntries(entries) as Fields;
}

/** Writes fields into a header, little endian; what is not given stays 0. */
export function writeFields(view: DataView, version: 1 | 2, fields: Partial<Fields>): void {
  for (const [name, values] of Object.entries(fields)) {
    const [offset, kind] = layouts[version].fields[name as FieldName];
    values.forEach((value, n) => kinds[kind].set(view, offset + n * kinds[kind].bytes, value, true));
  }
}
