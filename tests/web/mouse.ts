/** What people do in the page with the mouse, and the voxels that strokes should have made. */
import type { Locator, Page } from "playwright-core";

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

/** Opens a folded group of the side panel. */
export async function fold(page: Page, title: string): Promise<Locator> {
  const group = page.getByRole("region", { name: title });
  await group.locator("summary").first().click();
  return group;
}

/** The senior works in the dark. */
export const schemeOf = (name: string): "dark" | "light" => (name === "sara" ? "dark" : "light");
