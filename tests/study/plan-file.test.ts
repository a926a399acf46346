import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readText, writeText } from "../../src/study/files.js";
import { formatPlan, isEdited, readPlan, writePlan } from "../../src/study/plan-file.js";
import { planSchema } from "../../src/study/types.js";
import { codeOf, folder } from "./make-study.js";

const plan = planSchema.parse({
  ...{
    task: "t",
    channels: ["T1w"],
    labels: [{ value: 1, name: "a" }],
    orientation: "LPS",
    spacing: [1, 1, 2],
  },
  ...{
    normalisation: { method: "z-score" },
    patch: [16, 16, 4],
    batch: 2,
    loss: {},
    epochs: 1,
    iterationsPerEpoch: 1,
  },
  networks: [
    {
      name: "unet-3d",
      features: [8, 16],
      pooling: [[2, 2, 1]],
      kernels: [
        [3, 3, 1],
        [3, 3, 3],
      ],
    },
  ],
  optimiser: { name: "adamw", learningRate: 0.001 },
  ...{ schedule: { name: "cosine" }, augmentation: {}, inference: {} },
});
const derived = { plan, why: { spacing: "median of 3 cases" } };

async function planFile(edit: (text: string) => string = (text) => text): Promise<string> {
  const file = join(await folder(), "plan.yaml");
  await writeText(file, edit(formatPlan(derived)));
  return file;
}

describe("plan.yaml", () => {
  it("says why above an entry, and reads back as it was", async () => {
    const file = await planFile();
    expect(await readText(file)).toContain("# median of 3 cases\nspacing: [1, 1, 2]\n");
    expect(await readPlan(file)).toEqual(plan);
  });

  it("is never overwritten once edited, unless forced", async () => {
    const file = await planFile();
    expect(isEdited(await readText(file))).toBe(false);
    await writePlan(file, derived);
    await writeText(file, (await readText(file)).replace("batch: 2", "batch: 3"));
    expect(await codeOf(writePlan(file, derived))).toBe("PLAN_EDITED");
    expect((await readPlan(file)).batch).toBe(3);
    await writePlan(file, derived, true);
    expect((await readPlan(file)).batch).toBe(2);
  });

  it("keeps a plan written by hand from the start", async () => {
    const file = await planFile((text) => text.split("\n").slice(2).join("\n"));
    expect(await codeOf(writePlan(file, derived))).toBe("PLAN_EDITED");
  });

  it.each<[string, RegExp, string, string]>([
    ["a field", /batch: 2/, "batch: two", "batch"],
    ["the YAML", /networks:\n/, "networks: [\n", "PLAN_INVALID"],
    ["a patch that the poolings do not divide", /\[16, 16, 4\]/, "[15, 16, 4]", "divisible by 2, 2, 1"],
    [
      "no reference",
      /method: z-score/,
      "method: reference",
      "normalisation.reference: one of the channels T1w",
    ],
    ["a strange reference", /method: z-score/, "method: reference\n  reference: bone", "bone"],
    ["too few features", /features: \[8, 16\]/, "features: [8]", "2 features for 1 poolings"],
    ["too few kernels", /kernels: .*/, "kernels: [[3, 3, 3]]", "2 kernels for 1 poolings"],
    ["a volume for a 2-D network", /name: unet-3d/, "name: unet-2d", "one slice"],
    ["features of another network", /name: unet-3d/, "name: unetr", "3 features, as in 16, 768, 3072"],
    ["neighbouring slices of a 3-D network", /contextSlices: 0/, "contextSlices: 1", "no contextSlices"],
  ])("explains what is wrong with %s", async (_, from, to, message) => {
    const file = await planFile((text) => text.replace(from, to));
    await expect(readPlan(file)).rejects.toThrow(message);
    expect(await codeOf(readPlan(file))).toBe("PLAN_INVALID");
  });
});
