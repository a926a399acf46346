import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Kind } from "../../src/phantom/protocol.js";
import { renderSubject, type PhantomSubject } from "../../src/phantom/subject.js";
import { orientationOf } from "../../src/volume/geometry.js";
import { readNifti, writeNifti } from "../../src/volume/nifti.js";
import { spacingOf, voxelCount } from "../../src/volume/volume.js";

const kinds: readonly Kind[] = ["sij-t1", "hip-stir"];

const made = new Map<string, PhantomSubject>();
function subject(kind: Kind, number: number): PhantomSubject {
  const key = `${kind} ${number}`;
  const known = made.get(key) ?? renderSubject(kind, { seed: 11, subject: number, size: "small" });
  made.set(key, known);
  return known;
}

function hash({ image, mask, bones, truth }: PhantomSubject): string {
  const sum = createHash("sha256");
  for (const { data } of [image, mask, bones])
    sum.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  sum.update(JSON.stringify([image.affine, truth]));
  return sum.digest("hex").slice(0, 16);
}

const count = (data: Uint8Array, wanted: (value: number, n: number) => boolean) =>
  data.reduce((sum, value, n) => sum + (wanted(value, n) ? 1 : 0), 0);

describe("renderSubject", () => {
  it.each([
    ["sij-t1", "127810805a648cbb"],
    ["hip-stir", "7582483be222555b"],
  ] as const)("makes the same %s on every machine", (kind, expected) => {
    expect(hash(subject(kind, 1))).toBe(expected);
  });

  it("makes another subject for another seed or number", () => {
    const other = hash(renderSubject("hip-stir", { seed: 12, subject: 1, size: "small" }));
    expect(new Set([hash(subject("hip-stir", 1)), hash(subject("hip-stir", 2)), other]).size).toBe(3);
  });

  it.each(kinds)("%s: the truth tells what is in the mask", (kind) => {
    const { mask, truth } = subject(kind, 1);
    const [a, b, c] = spacingOf(mask.affine);
    expect(truth.lesions.length).toBeGreaterThan(0);
    for (const label of new Set(truth.lesions.map((lesion) => lesion.label))) {
      const lesions = truth.lesions.filter((lesion) => lesion.label === label);
      const voxels = lesions.reduce((sum, lesion) => sum + lesion.voxels, 0);
      expect(count(mask.data, (value) => value === label)).toBe(voxels);
      const volume = lesions.reduce((sum, lesion) => sum + lesion.volumeMm3, 0);
      expect(volume / (voxels * a * b * c)).toBeCloseTo(1, 9);
    }
  });

  it.each([1, 2, 3])("fat metaplasia lies in bone on the side the truth says (subject %i)", (number) => {
    const { mask, bones, truth } = subject("sij-t1", number);
    expect(count(mask.data, (value, n) => value === 1 && bones.data[n] === 0)).toBe(0);
    const names = Object.fromEntries(truth.bones.map(({ value, name }) => [name, value]));
    for (const bone of ["sacrum", "ilium"]) {
      const told = truth.lesions.filter((lesion) => lesion.bone === bone);
      const voxels = count(mask.data, (value, n) => value === 1 && bones.data[n] === names[bone]);
      expect(voxels).toBe(told.reduce((sum, lesion) => sum + lesion.voxels, 0));
    }
    const half = (mask.size[0] - 1) / 2;
    const left = count(mask.data, (value, n) => value === 1 && n % mask.size[0] > half);
    const toldLeft = truth.lesions.filter(({ side }) => side === "left");
    expect(left).toBe(toldLeft.reduce((sum, lesion) => sum + lesion.voxels, 0));
  });

  it("oedema of the hip lies in bone and effusion outside it, round a labelled head", () => {
    const { mask, bones } = subject("hip-stir", 1);
    expect(count(mask.data, (value, n) => value === 2 && bones.data[n] === 0)).toBe(0);
    expect(count(mask.data, (value, n) => value === 3 && bones.data[n] !== 0)).toBe(0);
    expect(count(mask.data, (value) => value === 1)).toBeGreaterThan(500);
    expect(count(mask.data, (value) => value === 3)).toBeGreaterThan(50);
  });

  it.each([
    ["sij-t1", 1, 20, 0.15],
    ["hip-stir", 3, 0.15, 0],
  ] as const)("%s: brightness alone does not find the lesions", (kind, label, elsewhere, inBone) => {
    const { image, mask, bones } = subject(kind, 1);
    const lesion = [...image.data.filter((_, n) => mask.data[n] === label)].sort((a, b) => a - b);
    const [low, high] = [lesion[lesion.length >> 2], lesion[(3 * lesion.length) >> 2]];
    const alike = (value: number, n: number) => value === 0 && image.data[n] >= low && image.data[n] <= high;
    expect(count(mask.data, alike) / lesion.length).toBeGreaterThan(elsewhere);
    const within = count(mask.data, (value, n) => alike(value, n) && bones.data[n] !== 0);
    expect(within / lesion.length).toBeGreaterThanOrEqual(inBone);
  });

  it.each(kinds)("%s: the grid is oblique, orthogonal and survives NIfTI", async (kind) => {
    const { image } = subject(kind, 2);
    const column = (c: number) => [image.affine[c], image.affine[4 + c], image.affine[8 + c]];
    const dot = (a: number[], b: number[]) => a.reduce((sum, value, n) => sum + value * b[n], 0);
    for (const [a, b] of [[0, 1], [1, 2], [0, 2]]) expect(dot(column(a), column(b))).toBeCloseTo(0, 9); // prettier-ignore
    const offDiagonal = [1, 2, 4, 6, 8, 9].map((n) => Math.abs(image.affine[n]));
    expect(offDiagonal.filter((value) => value > 0.01).length).toBeGreaterThan(3);
    expect(image.affine[0]).toBeGreaterThan(0);

    const folder = await mkdtemp(join(tmpdir(), "marrow-phantom-"));
    try {
      const path = join(folder, "image.nii.gz");
      await writeNifti(path, image);
      const back = await readNifti(path);
      expect(back.size).toEqual(image.size);
      expect(Buffer.from(back.data.buffer).equals(Buffer.from(image.data.buffer))).toBe(true);
      back.affine.forEach((value, n) => expect(value).toBeCloseTo(image.affine[n], 3));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each([
    ["sij-t1", "LPS"],
    ["hip-stir", "LIP"],
  ] as const)("%s: the header stands the patient upright (%s)", (kind, orientation) => {
    expect(orientationOf(subject(kind, 1).image.affine)).toBe(orientation);
  });

  it("the air in the corner behind the patient holds Rayleigh noise of the level the truth tells", () => {
    const { image, truth } = subject("sij-t1", 1);
    const [ni, nj, nk] = image.size;
    expect(voxelCount(image.size)).toBe(image.data.length);
    const air: number[] = [];
    for (let k = nk >> 1; k < nk; k++)
      for (let j = nj - 4; j < nj; j++)
        for (let i = 0; i < 10; i++) air.push(image.data[i + ni * (j + nj * k)]);
    const mean = air.reduce((sum, value) => sum + value, 0) / air.length;
    const square = air.reduce((sum, value) => sum + value * value, 0) / air.length;
    // Mean and mean square of a Rayleigh variable: σ √(π/2) and 2σ².
    expect(mean / (truth.noise * Math.sqrt(Math.PI / 2))).toBeCloseTo(1, 1);
    expect(square / (2 * truth.noise ** 2)).toBeCloseTo(1, 1);
  });
});
