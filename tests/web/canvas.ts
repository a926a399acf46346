/** What a pane of the page shows, pixel by pixel. */
import type { Page } from "playwright-core";

interface Canvas {
  readonly width: number;
  readonly height: number;
  getContext(kind: "2d"): { getImageData(x: number, y: number, w: number, h: number): { data: Uint8Array } };
}

/** A pixel of a pane's canvas, given in CSS pixels of the canvas. */
export async function pixel(page: Page, name: string, [x, y]: readonly [number, number]): Promise<number[]> {
  const canvas = page.getByRole("img", { name });
  const [px, py] = [Math.round(x), Math.round(y)];
  return canvas.evaluate(
    (element, at) =>
      [...(element as Canvas).getContext("2d").getImageData(at[0], at[1], 1, 1).data].slice(0, 3),
    [px, py],
  );
}

/** Brightest pixel, and how many have a colour, within the lines of text at top and bottom. Counted in the page. */
export const look = (page: Page, name: string) =>
  page.getByRole("img", { name }).evaluate((element) => {
    const canvas = element as Canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 30, canvas.width, canvas.height - 60);
    let [brightest, coloured] = [0, 0];
    for (let n = 0; n < data.length; n += 4) {
      brightest = Math.max(brightest, data[n]);
      if (Math.abs(data[n] - data[n + 2]) > 30) coloured++;
    }
    return { brightest, coloured };
  });
