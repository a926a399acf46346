import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MarrowError } from "../../src/base/errors.js";
import type { DicomFile } from "../../src/dicom/data-set.js";
import { framesOf } from "../../src/dicom/frames-of.js";
import { readVolume } from "../../src/dicom/read-volume.js";
import { setNumbers, setText } from "../../src/dicom/set-values.js";
import { stackGeometry } from "../../src/dicom/stack-geometry.js";
import { stacksOf } from "../../src/dicom/stacks.js";
import { transformPoint } from "../../src/volume/geometry.js";
import { enhancedOf, sliceOf, stackOf } from "./make-dicom.js";

const framesIn = (images: readonly DicomFile[]) => images.flatMap((image, n) => framesOf(image, `f${n}`));
const sort = (images: readonly DicomFile[]) => stacksOf(framesIn(images)).stacks;
const volume = (images: readonly DicomFile[]) =>
  readVolume(stackGeometry(sort(images)[0].frames), async (file) => images[Number(file.slice(1))]);
const marked = (images: readonly DicomFile[], change: (image: DicomFile, n: number) => void) => {
  images.forEach(change);
  return images;
};

describe("stacksOf", () => {
  it("keeps one series together and tells series apart", () => {
    const images = [...stackOf([0, 1, 2], [0, 0, 5]), ...stackOf([0, 1], [0, 0, 5], { series: 2 })];
    expect(sort(images).map(({ frames }) => frames.length)).toEqual([3, 2]);
  });

  it.each([
    ["echo times", "00180081", [10, 20]],
    ["inversion times", "00180082", [150, 900]],
    ["b-values", "00189087", [0, 800]],
  ])("splits by %s", (_, tag, values) => {
    const images = values.flatMap((value) =>
      marked(stackOf([0, 1, 2], [0, 0, 5]), ({ dataset }, n) => {
        setNumbers(dataset, tag, [value]);
        setText(dataset, "00080018", `1.${value}.${n}`);
      }),
    );
    expect(sort(images).map(({ frames }) => frames.length)).toEqual([3, 3]);
  });

  it("splits Dixon's water and fat by image type", () => {
    const images = ["W", "F", "IP", "OP"].flatMap((kind) =>
      marked(stackOf([0, 1, 2], [0, 0, 5]), ({ dataset }, n) => {
        setText(dataset, "00080008", `DERIVED\\PRIMARY\\M\\${kind}`);
        setText(dataset, "00080018", `1.${kind.charCodeAt(0)}.${n}`);
      }),
    );
    expect(sort(images)).toHaveLength(4);
  });

  it("splits dynamics by time, yet leaves an interleaved acquisition whole", () => {
    const dynamic = [0, 1, 2, 0, 1, 2].map((place, n) =>
      sliceOf({ instance: n, position: [0, 0, 5 * place], numbers: { "00200100": [n < 3 ? 1 : 2] } }),
    );
    expect(sort(dynamic).map(({ frames }) => frames.length)).toEqual([3, 3]);
    const interleaved = [0, 1, 2, 3].map((place) =>
      sliceOf({ instance: place, position: [0, 0, 5 * place], numbers: { "00200012": [place % 2] } }),
    );
    expect(sort(interleaved).map(({ frames }) => frames.length)).toEqual([4]);
  });

  it("takes volumes apart by order alone where nothing else does, and says so", () => {
    const images = [0, 1, 0, 1].map((place, n) => sliceOf({ instance: n, position: [0, 0, 5 * place] }));
    expect(sort(images).map(({ frames, order }) => [frames.length, order])).toEqual([
      [2, 0],
      [2, 1],
    ]);
  });

  it("names duplicate slices, and counts the same file twice once", () => {
    const images = stackOf([0, 1, 2], [0, 0, 5]);
    const again = sliceOf({ instance: 9, position: [0, 0, 5] });
    const [stack] = sort([...images, again]);
    expect(stack.duplicates.map(({ of }) => of.instanceNumber)).toEqual([9]);
    const { stacks, copies } = stacksOf(framesIn([...images, images[1]]));
    expect([stacks[0].frames.length, stacks[0].duplicates.length, copies.length]).toEqual([3, 0, 1]);
  });

  it("separates a localizer's three planes", () => {
    const planes = [
      [1, 0, 0, 0, 1, 0],
      [1, 0, 0, 0, 0, -1],
      [0, 1, 0, 0, 0, -1],
    ];
    expect(sort(planes.map((orientation, n) => sliceOf({ orientation, instance: n + 1 })))).toHaveLength(3);
  });
});

const turned = (() => {
  const [a, b] = [0.4, 0.9];
  const row = [Math.cos(a), Math.sin(a), 0];
  const column = [-Math.sin(a) * Math.cos(b), Math.cos(a) * Math.cos(b), Math.sin(b)];
  const normal = [
    row[1] * column[2] - row[2] * column[1],
    row[2] * column[0] - row[0] * column[2],
    row[0] * column[1] - row[1] * column[0],
  ] as const;
  return { orientation: [...row, ...column], normal, row, column };
})();
const along = ([x, y, z]: readonly number[], mm: number): [number, number, number] => [
  x * mm,
  y * mm,
  z * mm,
];

describe("stackGeometry", () => {
  it("places every voxel where DICOM's equation puts it, whatever the order of files", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }), fc.boolean(), (places, up) => {
        const step = along(turned.normal, up ? 3.3 : -3.3);
        const images = stackOf(places, step, { orientation: turned.orientation, spacing: [0.7, 1.3] });
        const { affine, size, frames } = stackGeometry(sort(images)[0].frames);
        expect(size).toEqual([4, 3, 5]);
        frames.forEach((frame, k) => {
          const [i, j] = [3, 2];
          const expected = frame.position.map(
            (mm, n) => mm + turned.row[n] * i * 0.7 + turned.column[n] * j * 1.3,
          );
          transformPoint(affine, [i, j, k]).forEach((mm, n) => expect(mm).toBeCloseTo(expected[n], 4));
        });
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  it("keeps a gantry's tilt in the affine", () => {
    const images = stackOf([0, 1, 2], [0, 1.5, 5]);
    const { affine, notes } = stackGeometry(sort(images)[0].frames);
    expect(transformPoint(affine, [0, 0, 2])).toEqual([0, 3, 10]);
    expect(notes[0]).toMatch(/tilted by 16\.7°/);
  });

  it("interpolates a missing slice and names it", async () => {
    const images = stackOf([0, 1, 3, 4, 5], [0, 0, 4]);
    const { notes, size } = stackGeometry(sort(images)[0].frames);
    expect([size[2], notes]).toEqual([6, ["slices 3 are missing; interpolated"]]);
    const { data } = await volume(images);
    expect([0, 1, 2, 3, 4, 5].map((k) => data[12 * k])).toEqual([100, 101, 102, 103, 104, 105]);
  });

  it("resamples uneven distances to the median", async () => {
    const images = stackOf([0, 10, 20, 34, 44, 54, 64], [0, 0, 0.4]);
    const { notes, size } = stackGeometry(sort(images)[0].frames);
    expect(size[2]).toBe(7);
    expect(notes[0]).toBe("distances between slices vary from 4.00 to 5.60 mm; resampled to 4.00 mm");
    const { data, affine } = await volume(images);
    expect(transformPoint(affine, [0, 0, 6])[2]).toBeCloseTo(25.6, 5);
    for (let k = 0; k < 7; k++) expect(data[12 * k]).toBeCloseTo(100 + (64 / 6) * k, 4);
  });

  it.each([
    ["most slices are missing", [0, 1, 2, 9], [0, 0, 4] as const],
    ["slices stand beside the line", [0, 1, 2], undefined],
  ])("refuses where %s", (_, places, step) => {
    const images = step
      ? stackOf(places, step)
      : places.map((n) => sliceOf({ instance: n, position: [n === 1 ? 3 : 0, 0, 5 * n] }));
    const geometry = () => stackGeometry(sort(images)[0].frames);
    expect(geometry).toThrow(MarrowError);
    expect(geometry).toThrow("DICOM_GEOMETRY");
  });
});

describe("readVolume", () => {
  it("keeps stored integers, and applies slopes slice by slice", async () => {
    const images = stackOf([0, 1], [0, 0, 5]);
    expect((await volume(images)).data).toBeInstanceOf(Uint16Array);
    setNumbers(images[1].dataset, "00281053", [0.5]);
    setNumbers(images[1].dataset, "00281052", [-3]);
    const { data } = await volume(images);
    expect([data[0], data[12]]).toEqual([100, 101 * 0.5 - 3]);
  });

  it("uses Philips' private scale", async () => {
    const [image] = stackOf([0], [0, 0, 5]);
    setText(image.dataset, "00080070", "Philips Medical Systems");
    setNumbers(image.dataset, "00281053", [2]);
    setNumbers(image.dataset, "00281052", [6]);
    setNumbers(image.dataset, "2005100E", [4], "FL");
    expect((await volume([image])).data[0]).toBe((100 * 2 + 6) / (2 * 4));
  });

  it("gives the same volume for an enhanced image", async () => {
    const images = stackOf([2, 0, 1], along(turned.normal, 4), { orientation: turned.orientation });
    const [a, b] = [await volume(images), await volume([enhancedOf(images)])];
    expect(b).toEqual(a);
    const scaled = await volume([enhancedOf(images, [1, 2, 3])]);
    expect([0, 1, 2].map((k) => scaled.data[12 * k])).toEqual([200, 303, 102]);
  });
});
