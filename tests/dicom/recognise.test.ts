import { describe, expect, it } from "vitest";
import type { Evidence } from "../../src/dicom/evidence.js";
import { planeOf } from "../../src/dicom/plane.js";
import { recognise, suffixOf } from "../../src/dicom/recognise.js";

const evidence = (given: Partial<Evidence>): Evidence => ({
  scanning: ["SE"],
  options: [],
  imageType: ["ORIGINAL", "PRIMARY", "M"],
  words: "",
  bodyWords: given.words ?? "",
  contrastAgent: false,
  normal: [0, 0, 1],
  slices: 20,
  ...given,
});

/** Protocols of the two papers and of usual pelvis examinations. */
const protocols: readonly (readonly [string, Partial<Evidence>, string | undefined])[] = [
  ["T1 TSE without a name", { repetitionTime: 550, echoTime: 11 }, "T1w"],
  ["T1 TSE with a wrong name", { repetitionTime: 550, echoTime: 11, words: "t2 tse" }, "T1w"],
  ["T2 TSE", { repetitionTime: 4000, echoTime: 90 }, "T2w"],
  [
    "STIR of paper 2",
    { repetitionTime: 3550, echoTime: 51, inversionTime: 145, scanning: ["SE", "IR"] },
    "STIR",
  ],
  ["TIRM at 3 T", { repetitionTime: 4500, echoTime: 40, inversionTime: 220, words: "t2 tirm cor" }, "STIR"],
  ["STIR by name alone", { repetitionTime: 4000, echoTime: 60, words: "stir cor obl" }, "STIR"],
  [
    "SPAIR, with its own inversion time",
    { repetitionTime: 4000, echoTime: 70, inversionTime: 110, words: "t2w spair" },
    "T2wFS",
  ],
  ["T2 FS by scan option", { repetitionTime: 4000, echoTime: 80, options: ["FS"] }, "T2wFS"],
  [
    "Dixon water",
    { repetitionTime: 4000, echoTime: 80, imageType: ["DERIVED", "PRIMARY", "W"], words: "t2 mdixon" },
    "T2wFS",
  ],
  [
    "Dixon fat",
    { repetitionTime: 600, echoTime: 10, imageType: ["DERIVED", "PRIMARY", "F"], words: "t1 dixon" },
    "T1w",
  ],
  ["PD FS", { repetitionTime: 3000, echoTime: 30, words: "pd fs tra" }, "PDwFS"],
  ["diffusion", { repetitionTime: 5000, echoTime: 80, bValue: 800, scanning: ["EP"] }, undefined],
  ["functional EPI", { repetitionTime: 2000, echoTime: 30, scanning: ["EP", "GR"] }, undefined],
  ["localizer", { repetitionTime: 5, echoTime: 2, scanning: ["GR"], words: "localizer" }, undefined],
  [
    "a T2 map",
    { repetitionTime: 3000, echoTime: 80, imageType: ["DERIVED", "PRIMARY", "T2_MAP"], words: "t2 map" },
    undefined,
  ],
  ["nothing known", { scanning: [] }, undefined],
];

describe("recognise", () => {
  it.each(protocols)("%s", (_, given, suffix) => {
    expect(suffixOf(recognise(evidence(given)))).toBe(suffix);
  });

  it("is surer when words agree with physics than when they contradict", () => {
    const sure = (words: string) =>
      recognise(evidence({ repetitionTime: 550, echoTime: 11, words })).weighting.confidence;
    expect(sure("t1 tse")).toBeGreaterThan(sure(""));
    expect(sure("")).toBeGreaterThan(sure("t2 tse"));
  });

  it.each([
    ["sij t1 cor", "SIJ"],
    ["mri sacroiliac joints", "SIJ"],
    ["hip stir cor", "hip"],
    ["becken t1", "pelvis"],
    ["brain", "other"],
    ["", "unknown"],
  ])("body part of %j", (bodyWords, part) => {
    expect(recognise(evidence({ bodyWords })).bodyPart.is).toBe(part);
  });
});

const tilted = (degrees: number) => {
  const angle = (degrees * Math.PI) / 180;
  return [0, Math.sin(angle), Math.cos(angle)] as const;
};

describe("planeOf", () => {
  it.each([
    [0, "", "axial"],
    [5, "", "axial"],
    [25, "", "axial oblique"],
    [65, "", "coronal oblique"],
    [90, "", "coronal"],
    [43, "t2 tse cor obl", "coronal oblique"],
    [47, "t1 tra obl", "axial oblique"],
    [20, "cor", "axial oblique"],
  ])("normal tilted by %d° and %j: %s", (degrees, words, plane) => {
    expect(planeOf({ normal: tilted(degrees), words }).is).toBe(plane);
  });
});
