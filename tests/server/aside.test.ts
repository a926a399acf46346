/** Heavy work in a thread: the same numbers as in this one, faults with their codes, an end when the server stops. */
import { afterEach, expect, it } from "vitest";
import { quantify } from "../../src/quantify/quantify.js";
import { combine } from "../../src/reading/agree.js";
import { Aside } from "../../src/server/aside/aside.js";
import type { Mask } from "../../src/volume/volume.js";

const size = [24, 20, 6] as const;
const affine = [0, 0.8, 0, -3, 0.8, 0, 0, 5, 0, 0, -4, 9, 0, 0, 0, 1];
const mask: Mask = {
  size,
  affine,
  data: Uint8Array.from({ length: 24 * 20 * 6 }, (_, n) => Number(n % 24 > 7 && n % 24 < 15 && n % 7 > 2)),
};
const labels = [{ value: 1, name: "fat-metaplasia" }];
const examination = { mask, labels };

const opened: Aside[] = [];
const aside = () => {
  const made = new Aside();
  opened.push(made);
  return made;
};
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

it("gives what the same work gives here", async () => {
  const beside = aside();
  const expected = quantify(examination, ["lesions"]).measurements;
  expect(expected.length).toBeGreaterThan(0);
  expect(await beside.do("measure", examination, ["lesions"], {})).toEqual(expected);
  const other = Uint8Array.from(mask.data, (value, n) => (n % 5 === 0 ? 0 : value));
  const readers = [
    { reader: "anna", data: mask.data },
    { reader: "ben", data: other },
  ];
  expect(await beside.do("combine", "staple", readers, labels)).toEqual(combine("staple", readers, labels));
});

it("tells a fault of the work with its code, and goes on with the next piece", async () => {
  const beside = aside();
  const unknown = { ...examination, labels: [{ value: 2, name: "erosion" }] };
  const refused = beside.do("measure", unknown, ["lesions"], {});
  const next = beside.do("measure", examination, ["lesions"], {});
  await expect(refused).rejects.toMatchObject({
    code: "QUANTIFY_LABELS",
    details: { found: "values 1 in the mask" },
  });
  expect((await next).length).toBeGreaterThan(0);
});

it("leaves the events of the server their turn while it works", async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  let isDone = false;
  const work = aside()
    .do("measure", examination, ["lesions"], {})
    .then(() => (isDone = true));
  // The thread itself takes longer to start than this; work done here would have ended before the first turn.
  while (turns < 5) await new Promise((resolve) => setImmediate(resolve));
  expect(isDone).toBe(false);
  await work;
  clearInterval(timer);
});

it("ends with the server, and whoever waited is told", async () => {
  const beside = aside();
  const waiting = [1, 2].map(() => beside.do("measure", examination, ["lesions"], {}));
  const outcomes = Promise.allSettled(waiting);
  await new Promise((resolve) => setImmediate(resolve));
  await beside.close();
  for (const outcome of await outcomes)
    expect(outcome).toMatchObject({ status: "rejected", reason: { code: "WORKER_DIED" } });
});
