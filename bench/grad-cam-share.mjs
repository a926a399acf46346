/**
 * Does Grad-CAM look at the lesions? Share of its mass within 10 mm of them, over the share of the body that lies there (chance), for
 * every validation case by the model that has not seen it.
 *
 *     node bench/grad-cam-share.mjs STUDY RUN [grad-cam|integrated-gradients|occlusion] [LAYER]
 */
import { join } from "node:path";
import { explainFiles, openExplainable } from "../dist/inference/explain/explain.js";
import { massShare } from "../dist/statistics/mass-share.js";
import { bootstrap } from "../dist/statistics/resampling/bootstrap.js";
import { casesWithRoi, readRows } from "../dist/study/classification.js";
import { openStudy } from "../dist/study/study.js";
import { planForNetwork } from "../dist/study/plan.js";
import { readMask, readNifti } from "../dist/volume/nifti.js";

const [dir, run, method = "grad-cam", layer] = process.argv.slice(2);
const study = await openStudy(dir);
const network = study.plan.networks.at(-1).name;
const { classification } = planForNetwork(study.plan, network);
const cases = new Map((await casesWithRoi(study, classification.roi)).map((one) => [one.id, one]));
const rows = await readRows(study.dir, [...cases.keys()]);
const found = [];
for (const [fold, { validation }] of study.splits.folds.entries()) {
  const file = join(study.dir, "derivatives", "marrow", "runs", run, `fold-${fold}`, "model.onnx");
  const model = await openExplainable(file, { method, ...(layer !== undefined && { layer }) });
  for (const id of validation) {
    const { images, mask } = cases.get(id);
    const { map } = await explainFiles({ images, mask, clinical: rows.get(id) }, model);
    const result = massShare(map, await readMask(mask), await readNifti(images[0]), 10);
    if (result) found.push(result);
  }
  await model.explainer.close();
}
const mean = (name, values) => {
  const statistic = (units) => Array.from(units).reduce((sum, n) => sum + values[n], 0) / units.length;
  const { value, low, high, n } = bootstrap({ name, units: values.length, statistic });
  console.log(
    `${name}: ${value.toFixed(3)} (95 % interval ${low.toFixed(3)} to ${high.toFixed(3)}, n = ${n})`,
  );
};
mean(
  `share of ${method} within 10 mm of the lesions`,
  found.map(({ share }) => share),
);
mean(
  "share of the body there (chance)",
  found.map(({ chance }) => chance),
);
mean(
  "share over chance",
  found.map(({ share, chance }) => share / chance),
);
console.log("Synthetic data. Research use only.");
