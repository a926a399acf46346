import { Random } from "../../../src/base/random.js";
import { findForeground } from "../../../src/training/data/preprocess.js";
import type { Prepared } from "../../../src/training/data/prepared.js";
import type { Vec3 } from "../../../src/volume/volume.js";

export const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

export function makePrepared(
  size: Vec3,
  image: (i: number, j: number, k: number) => number,
  label: (i: number, j: number, k: number) => number,
): Prepared {
  const each = (f: (i: number, j: number, k: number) => number) =>
    Array.from({ length: size[0] * size[1] * size[2] }, (_, n) =>
      f(n % size[0], Math.floor(n / size[0]) % size[1], Math.floor(n / (size[0] * size[1]))),
    );
  const mask = Uint8Array.from(each(label));
  const channels = Float32Array.from(each(image));
  return {
    id: "a",
    channels,
    channelCount: 1,
    mask,
    size,
    affine: identity,
    foreground: findForeground(mask),
  };
}

/** Noise, and two balls of labels 1 and 2. */
export function noisyBalls(size: Vec3, seed = 1): Prepared {
  const random = new Random(seed);
  const ball = (i: number, j: number, k: number, share: number) =>
    Math.hypot(i / size[0] - share, j / size[1] - share, (k - size[2] / 2) / size[2]) < 0.15;
  return makePrepared(
    size,
    () => random.normal(),
    (i, j, k) => (ball(i, j, k, 0.35) ? 1 : ball(i, j, k, 0.65) ? 2 : 0),
  );
}
