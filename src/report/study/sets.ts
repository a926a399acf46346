/** Which patients a result was measured on: the sets of the papers' tables. */
export const sets = {
  "cross-validation": { title: "cross-validation" },
  test: { title: "internal test set" },
  external: { title: "external test set" },
} as const;

export type SetName = keyof typeof sets;
export const setNames = Object.keys(sets) as SetName[];
