import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { normaliseChannels, referenceChannel, type NormalisationPlan } from "../../src/study/normalise.js";
import { preprocessImages } from "../../src/study/preprocess.js";
import { planSchema } from "../../src/study/types.js";
import type { Vec3, Volume } from "../../src/volume/volume.js";
import { largestDifference } from "../volume/load-fixture.js";

type Channel = "STIR" | "T1w" | "bone";
/** Made with numpy, see fixtures/reference-normalisation.py. */
interface Fixture {
  size: Vec3;
  images: Record<Channel, number[]>;
  normalised: Record<Channel, number[]>;
}
const url = new URL("./fixtures/reference-normalisation.json", import.meta.url);
const { size, images, normalised } = JSON.parse(readFileSync(url, "utf8")) as Fixture;

const affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const volumeOf = (values: readonly number[]): Volume => ({ data: Float32Array.from(values), size, affine });
const normalisation = (reference?: string) =>
  planSchema.shape.normalisation.parse({ method: "reference", ...(reference && { reference }) });
const planOf = (channels: string[], reference?: string): NormalisationPlan => ({
  channels,
  normalisation: normalisation(reference),
});

describe("normalisation by a reference", () => {
  it.each<[Channel[]]>([[["STIR", "T1w", "bone"]], [["bone", "T1w", "STIR"]]])(
    "is numpy's median and quartiles over the mask, cut off at −5 and 10: %s",
    (channels) => {
      const fed = normaliseChannels(
        channels.map((name) => volumeOf(images[name])),
        planOf(channels, "bone"),
      );
      channels.forEach((name, c) =>
        expect(largestDifference(fed[c].data, normalised[name])).toBeLessThan(2e-5),
      );
      const stir = fed[channels.indexOf("STIR")].data;
      expect([Math.min(...stir), Math.max(...stir)]).toEqual([-5, 10]);
    },
  );

  it("is what a network is fed, whatever the scanner's gain and offset and the mask's value", () => {
    const plan = {
      ...planOf(["STIR", "T1w", "bone"], "bone"),
      orientation: "LPS",
      spacing: [1, 1, 1] as [number, number, number],
    };
    const scaled = [
      images.STIR.map((value) => 3 * value + 70),
      images.T1w.map((value) => value / 10),
      images.bone.map((value) => value / 100),
    ];
    const { channels } = preprocessImages(scaled.map(volumeOf), plan);
    const expected = [...normalised.STIR, ...normalised.T1w, ...normalised.bone];
    expect(largestDifference(channels, expected)).toBeLessThan(1e-4);
  });

  it("has no scale without a reference, and says which channel lacks it", () => {
    const empty = [images.STIR, images.bone.map(() => 0)].map(volumeOf);
    expect(() => normaliseChannels(empty, planOf(["STIR", "bone"], "bone"))).toThrow(
      /REFERENCE_EMPTY[^]*channel bone/,
    );
  });

  it("refuses a reference that is no channel", () => {
    for (const reference of ["muscle", undefined])
      expect(() => referenceChannel(planOf(["STIR", "bone"], reference))).toThrow(
        /PLAN_INVALID[^]*STIR, bone/,
      );
  });

  it("is asked for by its method alone", () => {
    const plan = planOf(["STIR", "bone"], "bone");
    expect(referenceChannel(plan)).toBe(1);
    const byScore = { ...plan, normalisation: { ...plan.normalisation, method: "z-score" as const } };
    expect(referenceChannel(byScore)).toBeUndefined();
  });
});
