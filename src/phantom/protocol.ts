/** How each kind of study is acquired: numbers of the papers' protocols, per size. */
import type { Random } from "../base/random.js";
import type { Vec3 } from "../volume/volume.js";
import type { Acquisition } from "./acquire.js";
import { compose, halfTangent, turn, type Grid } from "./pose.js";
import type { Build } from "./slice.js";

export type Kind = "sij-t1" | "hip-stir";
export type Size = "small" | "full";

interface Matrix {
  readonly size: Vec3;
  /** Millimetres between voxels; slices include the gap. */
  readonly spacing: Vec3;
  readonly thickness: number;
  readonly planes: number;
}

interface Protocol {
  readonly matrix: Readonly<Record<Size, Matrix>>;
  readonly centre: Vec3;
  /** Lean of the slices (degrees about the patient's left–right axis): the sacrum's slope, or none. */
  readonly lean: readonly [mean: number, spread: number];
  readonly acquisition: Acquisition;
  readonly build: Build;
  /** Fields of the JSON sidecar (BIDS), times in seconds. */
  readonly sidecar: Readonly<Record<string, string | number | boolean>>;
}

export const protocols: Readonly<Record<Kind, Protocol>> = {
  "sij-t1": {
    matrix: {
      full: { size: [320, 320, 20], spacing: [0.7, 0.7, 5], thickness: 4.5, planes: 3 },
      small: { size: [96, 96, 12], spacing: [2.2, 2.2, 8], thickness: 7, planes: 3 },
    },
    centre: [0, -12, 2],
    lean: [32, 7],
    acquisition: { blur: 0.1, coil: [0, 95, 85, 0.35], shading: [0.4, 0.3, 1], noise: 0.025, scale: 640 },
    build: { scale: 1, amplitude: 7, wavelength: 62, ragged: 1.3 },
    sidecar: { RepetitionTime: 0.6, EchoTime: 0.012, MagneticFieldStrength: 1.5, SequenceName: "TSE" },
  },
  "hip-stir": {
    matrix: {
      full: { size: [320, 256, 24], spacing: [1.25, 1.25, 4.4], thickness: 4, planes: 3 },
      small: { size: [128, 96, 12], spacing: [2.8, 2.8, 5.5], thickness: 4, planes: 3 },
    },
    centre: [0, 5, 3],
    lean: [0, 4],
    acquisition: { blur: 0.1, coil: [0, -10, 150, -0.15], shading: [0.3, 0.5, 1], noise: 0.022, scale: 900 },
    build: { scale: 1, amplitude: 7, wavelength: 75, ragged: 1.3 },
    sidecar: {
      RepetitionTime: 3.55,
      EchoTime: 0.051,
      InversionTime: 0.145,
      MagneticFieldStrength: 1.5,
      SequenceName: "STIR",
    },
  },
};

/** A subject's own grid: field of view, slices' lean, small rotations, place in the scanner. */
export function drawGrid(protocol: Protocol, size: Size, random: Random): Grid {
  const matrix = protocol.matrix[size];
  const small = () => turnBy(random.uniform(-3.5, 3.5));
  const zoom = random.uniform(0.97, 1.06);
  const spacing: Vec3 = [matrix.spacing[0] * zoom, matrix.spacing[1] * zoom, matrix.spacing[2]];
  const tilt = compose(turn("x", small()), compose(turn("y", small()), turn("z", small())));
  const lean = turnBy(protocol.lean[0] + random.uniform(-1, 1) * protocol.lean[1]);
  const [p, q, w] = protocol.centre;
  return {
    ...matrix,
    spacing,
    tilt,
    centre: [p + random.uniform(-4, 4), q + random.uniform(-5, 5), w + random.uniform(-4, 4)],
    patient: compose(turn("z", turnBy(random.uniform(-2, 2))), turn("x", lean)),
    origin: [random.uniform(-6, 6), random.uniform(10, 50), random.uniform(-60, 20)],
  };
}

const turnBy = halfTangent;

/** A subject's own stature and shape. */
export function drawBuild(protocol: Protocol, random: Random): Build {
  return { ...protocol.build, scale: random.uniform(0.93, 1.05) };
}

/** The coil and noise of one examination; the second centre's scanner is an other one. */
export function drawAcquisition(protocol: Protocol, site: number, random: Random): Acquisition {
  const base = protocol.acquisition;
  const [x, y, reach, extra] = base.coil;
  const own = () => random.uniform(-1, 1);
  return {
    blur: base.blur,
    coil: [x + 15 * own(), y + 10 * own(), reach, extra * random.uniform(0.6, 1.4)],
    shading: [base.shading[0] * own(), base.shading[1] * own(), base.shading[2] * own()],
    noise: base.noise * random.uniform(0.8, 1.2) * (site === 2 ? 1.4 : 1),
    scale: base.scale * random.uniform(0.9, 1.1) * (site === 2 ? 0.4 : 1),
  };
}
