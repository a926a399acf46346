import { describe, expect, it } from "vitest";
import { code } from "../../../src/dicom/code.js";
import type { DicomFile } from "../../../src/dicom/data-set.js";
import { readDicom } from "../../../src/dicom/read-dicom.js";
import { placeMask, sourceImages, type SourceImage } from "../../../src/dicom/results/source-image.js";
import { packBits } from "../../../src/dicom/seg/pack-bits.js";
import { readSegmentation } from "../../../src/dicom/seg/read-seg.js";
import { segmentationMask } from "../../../src/dicom/seg/segmentation-mask.js";
import {
  binarySegmentation,
  fractionalSegmentation,
  labelmapSegmentation,
} from "../../../src/dicom/seg/write-seg.js";
import { setText } from "../../../src/dicom/set-values.js";
import type { DicomSource } from "../../../src/dicom/source.js";
import { items, text } from "../../../src/dicom/values.js";
import { writeDicom } from "../../../src/dicom/write-dicom.js";
import { reorient, transformPoint } from "../../../src/volume/geometry.js";
import type { Mask, Vec3 } from "../../../src/volume/volume.js";
import { axial, stackOf } from "../make-dicom.js";
import { filesIn, load, present } from "../real-data.js";

const sourceOf = (files: readonly DicomFile[]): DicomSource => ({
  names: files.map((_, n) => String(n)),
  missing: [],
  read: async (name) => writeDicom(files[Number(name)]),
  close: async () => undefined,
});

/** Orientation of the slices, step from slice to slice, spacing. */
const geometries = {
  axial: [axial, [0, 0, 4], [1, 1]],
  "flipped in all axes, anisotropic": [
    [-1, 0, 0, 0, -1, 0],
    [0, 0, -5],
    [0.5, 0.8],
  ],
  "coronal oblique": [
    [0.8, 0.6, 0, 0, 0, -1],
    [-2.4, 3.2, 0],
    [0.7, 0.7],
  ],
  "tilted gantry": [axial, [0, 1.2, 4], [1, 1]],
} as const;

async function imageOf(name: keyof typeof geometries, places = [0, 1, 2, 3, 4, 5]): Promise<SourceImage> {
  const [orientation, step, spacing] = geometries[name];
  const [image] = await sourceImages(
    sourceOf(stackOf(places, step, { orientation, spacing, rows: 7, columns: 5 })),
  );
  return image;
}

/** Voxels of two labels in some slices only; the first slice has none. */
function maskOn({ grid }: SourceImage): Mask {
  const [ni, nj, nk] = grid.size;
  const data = new Uint8Array(ni * nj * nk).map((_, n) => {
    const k = Math.floor(n / (ni * nj));
    return k === 0 || k === 3 ? 0 : n % 5 === 0 ? 1 : n % 7 === 0 ? 2 : 0;
  });
  return { data, ...grid };
}

const names = ["bone", "fat-metaplasia"];
const segments = names.map((label, n) => ({
  ...{ value: n + 1, number: n + 1, label, trackingId: label, trackingUid: `2.25.${n + 1}` },
  category: code("49755003", "SCT", "Morphologically Abnormal Structure"),
  type: code(label, "99MARROW", label),
  algorithm: { type: "AUTOMATIC", name: "test", version: "1" } as const,
}));
const series = { description: "test", number: 9001, version: "0", made: new Date(2026, 0, 2) };
const reread = (file: DicomFile) => readSegmentation(readDicom(writeDicom(file), "seg"), "seg");

describe.each(Object.keys(geometries) as (keyof typeof geometries)[])(
  "a segmentation on %s slices",
  (name) => {
    it("reads back as the identical mask on the image's grid", async () => {
      const image = await imageOf(name);
      const mask = maskOn(image);
      const back = await segmentationMask(reread(binarySegmentation(mask, image, segments, series)), {
        grid: image.grid,
      });
      expect(back.mask.data).toEqual(mask.data);
      expect(back).toMatchObject({ overlapping: 0, outside: 0, resampled: false });
    });

    it("has every voxel in the same place on its own grid, frames missing", async () => {
      const image = await imageOf(name);
      const mask = maskOn(image);
      const back = await segmentationMask(reread(binarySegmentation(mask, image, segments, series)));
      expect(back.mask.size).toEqual([5, 7, 5]);
      expect(placesOf(back.mask)).toEqual(placesOf(mask));
    });

    it("reads the same when its frames stand in another order", async () => {
      const image = await imageOf(name);
      const mask = maskOn(image);
      const turned = reversedFrames(binarySegmentation(mask, image, segments, series));
      const back = await segmentationMask(reread(turned), { grid: image.grid });
      expect(back.mask.data).toEqual(mask.data);
    });

    it("lies right on a grid whose axes are permuted and flipped", async () => {
      const image = await imageOf(name);
      const mask = maskOn(image);
      const other = reorient(mask, "SAR");
      const back = await segmentationMask(reread(binarySegmentation(mask, image, segments, series)), {
        grid: other,
      });
      expect(back.resampled).toBe(false);
      expect(back.mask.data).toEqual(other.data);
    });
  },
);

describe("binarySegmentation", () => {
  it("refers each frame to the slice it was drawn on", async () => {
    const image = await imageOf("axial");
    const { dataset } = binarySegmentation(maskOn(image), image, segments, series);
    const frames = items(dataset, "52009230");
    expect(frames).toHaveLength(8);
    for (const frame of frames) {
      const place = items(frame, "00209113")[0];
      const source = items(items(frame, "00089124")[0], "00082112")[0];
      const slice = image.slices.findIndex((one) => one?.sopInstanceUid === text(source, "00081155"));
      const z = Number(textsOf(place)[2]);
      expect(z).toBeCloseTo(transformPoint(image.grid.affine, [0, 0, slice])[2], 6);
    }
    expect(items(items(dataset, "00081115")[0], "0008114A")).toHaveLength(6);
  });

  it("says of an absent finding that it is absent: one empty frame", async () => {
    const image = await imageOf("axial");
    const empty = { ...maskOn(image), data: new Uint8Array(5 * 7 * 6) };
    const again = reread(binarySegmentation(empty, image, segments, series));
    expect(again.frames).toHaveLength(2);
    expect(again.segments.map(({ label }) => label)).toEqual(names);
    expect((await segmentationMask(again, { grid: image.grid })).mask.data).toEqual(empty.data);
  });

  it("does not refer to slices that were interpolated", async () => {
    const image = await imageOf("axial", [0, 1, 2, 4, 5, 6, 7]);
    expect(image.slices.map((slice) => slice === undefined)).toEqual([false, false, false, true, false, false, false, false]); // prettier-ignore
  });
});

describe("fractionalSegmentation", () => {
  it("keeps probabilities to 1/255, and a threshold chooses", async () => {
    const image = await imageOf("coronal oblique");
    const data = Float32Array.from({ length: 5 * 7 * 6 }, (_, n) => (n % 11) / 10);
    const again = reread(
      fractionalSegmentation([{ segment: segments[0], volume: { data, ...image.grid } }], image, series),
    );
    expect([again.type, again.maximum]).toEqual(["FRACTIONAL", 255]);
    for (const threshold of [0.25, 0.5, 0.75]) {
      const { mask } = await segmentationMask(again, { grid: image.grid, threshold });
      expect(mask.data).toEqual(Uint8Array.from(data, (p) => Number(Math.round(255 * p) >= 255 * threshold)));
    }
  });
});

describe("labelmapSegmentation", () => {
  it.each(Object.keys(geometries) as (keyof typeof geometries)[])(
    "reads back as the identical mask, one frame a slice: %s",
    async (geometry) => {
      const image = await imageOf(geometry);
      const mask = maskOn(image);
      const file = labelmapSegmentation(mask, image, segments, series);
      const again = reread(file);
      expect([again.type, again.frames.length]).toEqual(["LABELMAP", 4]);
      expect(again.segments.map(({ label }) => label)).toEqual(names);
      const valueOf = ({ number }: { number: number }) => segments[number - 1].value;
      const { mask: read } = await segmentationMask(again, { grid: image.grid, labelOf: valueOf });
      expect(read.data).toEqual(mask.data);
      expect(text(file.dataset, "00080016")).toBe("1.2.840.10008.5.1.4.1.1.66.7");
    },
  );
});

describe("placeMask", () => {
  it("takes a mask with other axes, and refuses one on another grid", async () => {
    const image = await imageOf("coronal oblique");
    const mask = maskOn(image);
    expect(placeMask(reorient(mask, "SAR"), [image], "m").mask.data).toEqual(mask.data);
    const moved = { ...mask, affine: mask.affine.map((value, n) => (n === 3 ? value + 1 : value)) };
    expect(() => placeMask(moved, [image], "m")).toThrow(/GRID_MISMATCH/);
  });
});

it("packBits: lowest bit first, planes without padding between them, an even number of bytes", () => {
  expect([...packBits([Uint8Array.of(1, 0, 1), Uint8Array.of(0, 0, 1, 9, 0, 0, 1)])]).toEqual([
    0b01100101, 0b00000010,
  ]);
  expect(packBits([new Uint8Array(17)])).toHaveLength(4);
});

describe.skipIf(!present("dicom-seg-sr-pm", "dicom-pydicom"))("real segmentations", () => {
  const wanted = /(liver.*|label|seg_image.*|seg|sparse.*|partial_overlaps)\.(dcm|seg)$/;

  it("are all read, or refused because they lie in no patient", async () => {
    const outcomes: Record<string, number> = {};
    const outcome = async (file: string) => {
      const { mask } = await segmentationMask(readSegmentation(load(file), file));
      return mask.data.some((value) => value > 0) ? "read" : "empty";
    };
    for (const file of ["dicom-seg-sr-pm", "dicom-pydicom"]
      .flatMap(filesIn)
      .filter((one) => wanted.test(one))) {
      const is = await outcome(file).catch((error: { code: string }) => error.code);
      outcomes[is] = (outcomes[is] ?? 0) + 1;
    }
    expect(outcomes).toEqual({ read: 23, DICOM_IMAGE_TYPE: 7 });
  });

  it("have as many voxels as pydicom 3.0.2 counts", async () => {
    const counts: Record<string, number> = {
      "liver.dcm": 107_098,
      "liver_expb.dcm": 107_098,
      "liver_1frame.dcm": 36_233,
    };
    for (const [name, count] of Object.entries(counts)) {
      const file = filesIn("dicom-pydicom").find((one) => one.endsWith(`/${name}`)) ?? name;
      const { mask } = await segmentationMask(readSegmentation(load(file), file));
      expect(mask.data.filter((value) => value > 0)).toHaveLength(count);
    }
  });

  it("give the same voxels in every compression", async () => {
    const folder = "dicom-pydicom";
    const of = async (ending: string) => {
      const file = filesIn(folder).find((one) => one.endsWith(ending)) ?? ending;
      return (await segmentationMask(readSegmentation(load(file), file))).mask.data;
    };
    for (const base of ["liver", "liver_nonbyte_aligned"]) {
      const plain = await of(`${base}.dcm`);
      expect(plain.some((value) => value > 0)).toBe(true);
      for (const ending of ["_rle", "_j2k", "_deflate"]) expect(Buffer.compare(await of(`${base}${ending}.dcm`), plain)).toBe(0); // prettier-ignore
    }
  });
});

/** Label and place in LPS+ mm of every labelled voxel, sorted. */
function placesOf({ data, size, affine }: Mask): string[] {
  const all: string[] = [];
  for (let n = 0; n < data.length; n++) {
    if (data[n] === 0) continue;
    const index: Vec3 = [n % size[0], Math.floor(n / size[0]) % size[1], Math.floor(n / size[0] / size[1])];
    all.push(`${data[n]} ${transformPoint(affine, index).map((mm) => (mm + 0).toFixed(2)).join(" ")}`); // prettier-ignore
  }
  return all.map((place) => place.replaceAll("-0.00", "0.00")).sort();
}

function textsOf(place: Parameters<typeof text>[0]): string[] {
  const element = place.elements.get("00200032");
  return element && "bytes" in element ? Buffer.from(element.bytes).toString("latin1").split("\\") : [];
}

/** The same segmentation with its frames back to front: groups and bits. */
function reversedFrames(file: DicomFile): DicomFile {
  const { elements } = file.dataset;
  const groups = items(file.dataset, "52009230");
  const pixels = elements.get("7FE00010");
  const bits = pixels && "bytes" in pixels ? pixels.bytes : new Uint8Array(0);
  const bit = (n: number) => (bits[n >> 3] >> (n & 7)) & 1;
  const planes = groups.map((_, f) => Uint8Array.from({ length: 35 }, (_, n) => bit(f * 35 + n)));
  const turned = new Map(elements);
  turned.set("52009230", { vr: "SQ", items: [...groups].reverse() });
  turned.set("7FE00010", { vr: "OB", bytes: packBits(planes.reverse()) });
  const dataset = { ...file.dataset, elements: turned };
  setText(dataset, "00080018", "2.25.99");
  return { ...file, dataset };
}
