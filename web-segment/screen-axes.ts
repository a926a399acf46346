/** How a slice is turned for the screen: the patient's right on the left, the head or the front above. */
import { orientationOf } from "../src/volume/geometry.js";
import type { Affine } from "../src/volume/volume.js";

export interface ScreenAxes {
  /** Columns of the screen run along j, rows along i. */
  readonly transposed: boolean;
  readonly flipX: boolean;
  readonly flipY: boolean;
  /** Letters of the patient's sides at the edges: R, L, A, P, H(ead), F(eet). */
  readonly edges: {
    readonly left: string;
    readonly right: string;
    readonly top: string;
    readonly bottom: string;
  };
}

/** Patient axes in the order in which they claim the screen's horizontal; the first of each pair lies left or above. */
const patientAxes = ["RL", "AP", "SI"] as const;
const opposite: Readonly<Record<string, string>> = { R: "L", L: "R", A: "P", P: "A", S: "I", I: "S" };
const named: Readonly<Record<string, string>> = { S: "H", I: "F" };

/** Of slices along k of a grid with this affine (LPS+ mm). */
export function screenAxes(affine: Affine): ScreenAxes {
  const [i, j] = orientationOf(affine);
  const rank = (letter: string) => patientAxes.findIndex((pair) => pair.includes(letter));
  const transposed = rank(i) > rank(j);
  const [x, y] = transposed ? [j, i] : [i, j];
  const isFirst = (letter: string) => patientAxes.some(([first]) => first === letter);
  const [flipX, flipY] = [isFirst(x), isFirst(y)];
  const [right, bottom] = [flipX ? opposite[x] : x, flipY ? opposite[y] : y];
  const name = (letter: string) => named[letter] ?? letter;
  const edges = { left: opposite[right], right, top: opposite[bottom], bottom };
  return {
    transposed,
    flipX,
    flipY,
    edges: {
      left: name(edges.left),
      right: name(edges.right),
      top: name(edges.top),
      bottom: name(edges.bottom),
    },
  };
}
