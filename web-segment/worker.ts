/** Segments once, away from the page, which stays usable. */
import { asMarrowError } from "../src/base/errors.js";
import { plainPass } from "../src/inference/plain-pass.js";
import { requireEnsemble, segmentImages } from "../src/inference/segment.js";
import type { Answer, Order } from "./messages.js";
import { openModels } from "./predictor.js";

const answer = (message: Answer) => postMessage(message);

async function segment({ models: files, images, fast, ...how }: Order): Promise<void> {
  const models = await openModels(files, how);
  const agreed = requireEnsemble(
    models.map(({ description }) => description),
    files.map(({ name }) => name),
  );
  const plan = fast ? plainPass(agreed) : agreed;
  const onProgress = (share: number) => answer({ kind: "progress", share });
  const { mask } = await segmentImages(images, models, { plan, onProgress });
  answer({ kind: "mask", mask });
}

addEventListener("message", ({ data }: MessageEvent<Order>) => {
  segment(data).catch((error: unknown) => {
    const { code, message } = asMarrowError(error);
    const byRuntime = code === "DEVICE_UNAVAILABLE" || code === "OUT_OF_MEMORY";
    answer({ kind: "failed", code, message, byRuntime });
  });
});
