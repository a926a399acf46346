/** Worker thread of the loader: fills one batch per order. Runs compiled only (see base/worker-url.ts). */
import { parentPort, workerData } from "node:worker_threads";
import { fillBatch } from "./batch.js";
import { caseSource } from "./case-source.js";
import type { Delivery, Order, WorkerSetup } from "./messages.js";

const setup = workerData as WorkerSetup;
const cases = caseSource(setup.cases);

parentPort?.on("message", (order: Order) => {
  fillBatch(order, setup, cases);
  const { heapUsed, external } = process.memoryUsage();
  const delivery: Delivery = { ...order, memory: heapUsed + external };
  parentPort?.postMessage(delivery, [order.images.buffer, order.masks.buffer]);
});
