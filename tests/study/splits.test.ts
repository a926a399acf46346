import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeSplits, splitCases, type SplitCase, type SplitOptions } from "../../src/study/splits.js";
import type { Splits } from "../../src/study/types.js";
import { straight } from "./make-study.js";

const arbitraryCases = fc
  .array(
    fc.record({
      sessions: fc.integer({ min: 1, max: 3 }),
      site: fc.constantFrom(undefined, "a", "b"),
      foreground: fc.constantFrom(0, 10, 200, 3000),
      labels: fc.subarray([1, 2, 3]),
    }),
    { minLength: 8, maxLength: 40 },
  )
  .map((patients) =>
    patients.flatMap(({ sessions, site, foreground, labels }, p): SplitCase[] =>
      Array.from({ length: sessions }, (_, s) => ({
        id: `sub-${p}_ses-${s}`,
        subject: `sub-${p}`,
        foreground,
        labels,
        ...(site && { site }),
      })),
    ),
  );

const arbitraryOptions: fc.Arbitrary<SplitOptions> = fc.record({
  folds: fc.integer({ min: 1, max: 5 }),
  seed: fc.integer({ min: 0, max: 1000 }),
  testFraction: fc.constantFrom(0, 0.1, 0.25),
});

const subjectOf = (id: string) => id.split("_")[0];
const sides = ({ folds, test, external }: Splits) =>
  folds.map(({ train, validation }) =>
    [train, validation, test, external].map((ids) => new Set(ids.map(subjectOf))),
  );

describe("makeSplits", () => {
  it("never puts a patient on two sides, and every case on one", () => {
    fc.assert(
      fc.property(arbitraryCases, arbitraryOptions, (cases, options) => {
        const splits = makeSplits(cases, options);
        for (const parts of sides(splits)) {
          const subjects = parts.flatMap((part) => [...part]);
          expect(new Set(subjects).size).toBe(subjects.length);
        }
        for (const { train, validation } of splits.folds)
          expect([...train, ...validation, ...splits.test].sort()).toEqual(cases.map(({ id }) => id).sort());
      }),
    );
  });

  it("lets every case validate in exactly one of several folds", () => {
    fc.assert(
      fc.property(arbitraryCases, fc.integer({ min: 2, max: 5 }), (cases, folds) => {
        const validated = makeSplits(cases, { folds, seed: 1 }).folds.flatMap(({ validation }) => validation);
        expect(validated.sort()).toEqual(cases.map(({ id }) => id).sort());
      }),
    );
  });

  it("does not depend on the order of the cases, but on the seed", () => {
    fc.assert(
      fc.property(arbitraryCases, (cases) => {
        const options = { folds: 4, seed: 3 };
        expect(makeSplits([...cases].reverse(), options)).toEqual(makeSplits(cases, options));
      }),
    );
    const cases = Array.from({ length: 30 }, (_, n) => ({ id: `sub-${n}`, subject: `sub-${n}` }));
    expect(makeSplits(cases, { folds: 5, seed: 1 }).folds).not.toEqual(
      makeSplits(cases, { folds: 5, seed: 2 }).folds,
    );
  });

  it("balances sites, empty masks and lesion volume over the folds", () => {
    const cases = Array.from({ length: 60 }, (_, n) => ({
      id: `sub-${n}`,
      subject: `sub-${n}`,
      site: n % 3 === 0 ? "a" : "b",
      foreground: n % 4 === 0 ? 0 : n,
      labels: n % 4 === 0 ? [] : [1],
    }));
    const byId = new Map(cases.map((c) => [c.id, c]));
    for (const { validation } of makeSplits(cases, { folds: 5, seed: 7 }).folds) {
      const here = validation.map((id) => byId.get(id)!);
      expect(here).toHaveLength(12);
      expect(here.filter(({ site }) => site === "a")).toHaveLength(4);
      expect(here.filter(({ foreground }) => foreground === 0)).toHaveLength(3);
      expect(here.filter(({ foreground }) => foreground >= 40).length).toBeGreaterThanOrEqual(2);
    }
  });

  it("keeps a whole site as external test, and a patient of two sites with it", () => {
    const cases = ["a", "a", "a", "b", "b"].map((site, n) => ({ id: `sub-${n}`, subject: `sub-${n}`, site }));
    const moved = { id: "sub-0_ses-2", subject: "sub-0", site: "b" };
    const splits = makeSplits([...cases, moved], { folds: 2, seed: 1, externalSite: "b" });
    expect(splits.external).toEqual(["sub-0", "sub-0_ses-2", "sub-3", "sub-4"]);
    expect(splits.folds.flatMap(({ validation }) => validation).sort()).toEqual(["sub-1", "sub-2"]);
  });

  it("makes train, validation and test of a single division with the shares asked for", () => {
    const cases = Array.from({ length: 100 }, (_, n) => ({ id: `sub-${n}`, subject: `sub-${n}` }));
    const { folds, test, origin } = makeSplits(cases, {
      folds: 1,
      seed: 1,
      testFraction: 0.2,
      validationFraction: 0.1,
    });
    expect([folds.length, test.length, folds[0].validation.length, folds[0].train.length]).toEqual([
      1, 20, 8, 72,
    ]);
    expect(origin).toContain("seed 1");
  });

  it.each<[string, number, Partial<SplitOptions>]>([
    ["SPLITS_TOO_FEW", 3, { folds: 4 }],
    ["BAD_ARGUMENT", 9, { folds: 0 }],
    ["BAD_ARGUMENT", 9, { testFraction: 1 }],
    ["BAD_ARGUMENT", 9, { folds: 3, validationFraction: 0.1 }],
    ["BAD_ARGUMENT", 9, { externalSite: "nowhere" }],
  ])("refuses with %s what cannot be done (%i patients, %o)", (code, patients, options) => {
    const cases = Array.from({ length: patients }, (_, n) => ({ id: `sub-${n}`, subject: `sub-${n}` }));
    expect(() => makeSplits(cases, { folds: 2, seed: 1, ...options })).toThrow(code);
  });
});

it("splitCases leaves out cases without mask and knows the labelled volume", () => {
  const cases = [
    { id: "sub-1", subject: "sub-1", images: [], mask: "m" },
    { id: "sub-2", subject: "sub-2", images: [] },
  ];
  const mask = {
    file: "m",
    size: [2, 2, 2] as [number, number, number],
    affine: [...straight([1, 2, 3])],
    counts: { 0: 3, 1: 4, 2: 1 },
  };
  const record = { id: "sub-1", subject: "sub-1", stamps: [], images: [], mask };
  expect(splitCases(cases, { version: 1, cases: [record] })).toEqual([
    { id: "sub-1", subject: "sub-1", foreground: 30, labels: [1, 2] },
  ]);
});
