/** Strokes with the mouse, and the voxels they should have made. */
import type { Page } from "playwright-core";

/** Of the page, in CSS pixels. */
export type Pixel = readonly [number, number];

/** Presses, moves in six steps, and lets go unless told otherwise. */
export async function drag(page: Page, from: Pixel, to: Pixel, release = true): Promise<void> {
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move(...to, { steps: 6 });
  if (release) await page.mouse.up();
}

/** Each voxel once, ascending. */
export const sorted = (all: Iterable<number>): number[] => [...new Set(all)].sort((a, b) => a - b);
