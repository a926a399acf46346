/**
 * Does PointRend sharpen outlines? Trains `unet-pointrend` (narrow) on crops of synthetic hips and compares, on hips of other
 * subjects and with the same weights, the rendered map with the coarse one, enlarged linearly:
 *
 *     npm run build && node bench/pointrend.mjs [TRAINING SUBJECTS] [TEST SUBJECTS] [ITERATIONS]      (12 8 300)
 *
 * Boundary Dice: Dice of the voxels within two pixels of the reference's outline in the slice, mean over labels, one number a
 * subject; the difference has a bootstrap interval over subjects. Synthetic images are no evidence about patients.
 */
import { resize } from "../dist/autograd/linear-map.js";
import { compile } from "../dist/autograd/onnx/compile.js";
import { floats, Session, value } from "../dist/autograd/runtime.js";
import { input } from "../dist/autograd/tensor.js";
import { Random } from "../dist/base/random.js";
import { Layers } from "../dist/networks/layers.js";
import { networkNamed } from "../dist/networks/registry.js";
import { mapsOf } from "../dist/networks/unet-pointrend.js";
import { renderSubject } from "../dist/phantom/subject.js";
import { bootstrap } from "../dist/statistics/resampling/bootstrap.js";
import { boxAround, cutBox } from "../dist/study/crops/crop-box.js";
import { TrainingStep } from "../dist/training/step.js";
import { transformPoint } from "../dist/volume/geometry.js";

const [training = 12, testing = 8, iterations = 300] = process.argv.slice(2).map(Number);
const side = 96;
const area = side * side;
const batch = 8;
const labelNames = ["femoral head", "bone marrow oedema", "effusion"];
const classes = labelNames.length + 1;
const network = networkNamed("unet-pointrend");
const networkOptions = { classes, features: [16, 32, 64, 128, 128], dropout: 0 };

/** Slices with labels of both hips of a subject: crops round the true heads, right ones mirrored, z-scored. */
function slicesOf(subject) {
  const { image, mask, bones } = renderSubject("hip-stir", { seed: 7, subject, size: "full" });
  const [ni, nj] = bones.size;
  const heads = [...bones.data.keys()]
    .filter((n) => bones.data[n] === 1)
    .map((n) => transformPoint(bones.affine, [n % ni, Math.floor(n / ni) % nj, Math.floor(n / (ni * nj))]));
  const middle = heads.reduce((sum, [left]) => sum + left, 0) / heads.length;
  return [true, false].flatMap((isLeft) => {
    const points = heads.filter(([left]) => left > middle === isLeft);
    const centre = [0, 1, 2].map((axis) => points.reduce((sum, p) => sum + p[axis], 0) / points.length);
    const box = boxAround(image, centre, { width: side, height: side, mirrored: !isLeft });
    const [cut, truth] = [cutBox(image, box), cutBox(mask, box)];
    const mean = cut.data.reduce((a, b) => a + b, 0) / cut.data.length;
    const deviation = Math.sqrt(cut.data.reduce((a, b) => a + (b - mean) ** 2, 0) / cut.data.length);
    return Array.from({ length: cut.size[2] }, (_, k) => ({
      image: cut.data.slice(k * area, (k + 1) * area).map((v) => (v - mean) / deviation),
      labels: truth.data.slice(k * area, (k + 1) * area),
    })).filter(({ labels }) => labels.some((label) => label > 0));
  });
}

async function train(slices) {
  const options = {
    ...{ network, networkOptions, batch, channels: 1, patch: [side, side], device: "cpu" },
    loss: { crossEntropy: 1, dice: 1, focal: 0, tversky: 0, attention: 0, background: true, batchDice: true },
    optimiser: { name: "adam" },
    averaging: 0,
    accumulate: 1,
  };
  const step = await TrainingStep.create(
    options,
    TrainingStep.initialState(options, (key) => new Random(1, key)),
  );
  for (let t = 0; t < iterations; t++) {
    const random = new Random(1, "batch", t);
    const chosen = Array.from({ length: batch }, () => slices[random.integer(slices.length)]);
    const images = new Float32Array(batch * area);
    const labels = new Uint8Array(batch * area);
    chosen.forEach((one, n) => (images.set(one.image, n * area), labels.set(one.labels, n * area)));
    const rate = 2e-3 * (1 - t / iterations) ** 0.9;
    const { loss } = await step.run(images, labels, rate, t, new Random(1, "points", t));
    if ((t + 1) % 50 === 0) console.log(`iteration ${t + 1}: loss ${loss.toFixed(3)}`);
  }
  const weights = new Map([...step.weights()].map(([name, data]) => [name, Float32Array.from(data)]));
  await step.close();
  return weights;
}

/** Both maps of one slice, as labels. */
async function predictor(weights) {
  const image = input("image", [1, 1, side, side]);
  const rendered = network.build(new Layers(false), image, networkOptions).logits;
  const { maps } = mapsOf(new Layers(false), image, networkOptions);
  const coarse = resize(maps.coarse, [side, side], false);
  const session = await Session.open(compile({ rendered, coarse }, { stored: weights }));
  return async (data) => {
    const results = await session.run({ image: value(data, [1, 1, side, side]) });
    return ["coarse", "rendered"].map((name) => best(floats(results[name])));
  };
}

const best = (logits) =>
  Uint8Array.from({ length: area }, (_, n) => {
    let top = 0;
    for (let c = 1; c < classes; c++) if (logits[c * area + n] > logits[top * area + n]) top = c;
    return top;
  });

/** Pixels within two pixels of the outline of a label. */
function bandOf(labels, label) {
  const at = (x, y) => x >= 0 && y >= 0 && x < side && y < side && labels[y * side + x] === label;
  return Uint8Array.from({ length: area }, (_, n) => {
    const [x, y] = [n % side, Math.floor(n / side)];
    for (let dy = -2; dy <= 2; dy++)
      for (let dx = -2; dx <= 2; dx++)
        if (Math.hypot(dx, dy) <= 2 && at(x + dx, y + dy) !== at(x, y)) return 1;
    return 0;
  });
}

/** Mean over labels of the Dice in the band, of all slices of a subject together; and of the whole Dice. */
async function scoresOf(slices, predict) {
  const counts = labelNames.map(() => [0, 1].map(() => ({ band: [0, 0], whole: [0, 0] })));
  for (const { image, labels } of slices) {
    const maps = await predict(image);
    labelNames.forEach((_, l) => {
      const band = bandOf(labels, l + 1);
      maps.forEach((map, m) => {
        for (let n = 0; n < area; n++) {
          const [p, g] = [map[n] === l + 1, labels[n] === l + 1];
          for (const part of band[n] ? ["band", "whole"] : ["whole"]) {
            counts[l][m][part][0] += p && g ? 2 : 0;
            counts[l][m][part][1] += Number(p) + Number(g);
          }
        }
      });
    });
  }
  const dice = (part, m) => {
    const present = counts.map((maps) => maps[m][part]).filter(([, sizes]) => sizes > 0);
    return present.reduce((sum, [both, sizes]) => sum + both / sizes, 0) / present.length;
  };
  return { band: [dice("band", 0), dice("band", 1)], whole: [dice("whole", 0), dice("whole", 1)] };
}

const mean = (list) => list.reduce((a, b) => a + b, 0) / list.length;
const subjects = Array.from({ length: training + testing }, (_, n) => n + 1);
const weights = await train(subjects.slice(0, training).flatMap(slicesOf));
const predict = await predictor(weights);
const scores = [];
for (const subject of subjects.slice(training)) scores.push(await scoresOf(slicesOf(subject), predict));
for (const part of ["band", "whole"]) {
  const gains = scores.map((score) => score[part][1] - score[part][0]);
  const statistic = (units) => mean(Array.from(units, (unit) => gains[unit]));
  const { value: gain, low, high } = bootstrap({ name: "gain", units: gains.length, statistic }, { seed: 1 });
  const [coarse, rendered] = [0, 1].map((m) => mean(scores.map((score) => score[part][m])).toFixed(3));
  console.log(
    `${part === "band" ? "boundary Dice" : "Dice"}: coarse ${coarse}, rendered ${rendered}, ` +
      `gain ${gain?.toFixed(3)} (95 % interval ${low?.toFixed(3)} to ${high?.toFixed(3)}), ${gains.length} subjects`,
  );
}
process.exit(0);
