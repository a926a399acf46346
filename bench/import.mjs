/**
 * Import of a tree of DICOM slices, Marrow beside dcm2niix, in turn in one run so that both meet the same machine.
 *
 *     npm run bench:import [-- SLICES] [REPEATS]        1000 slices, three times, unless said otherwise
 *
 * The tree is made first: patients with a T1, a T2 and a STIR series of 20 slices of 320 × 320, noise included, in a folder
 * each, with names that say nothing of their order; having just been written it is in the page cache. Measured are whole
 * processes, start included: wall time and processor time (of children too), medians.
 *
 *  - dcm2niix -z y: NIfTI and BIDS sidecar as its users get them, compressed at level 6 (by pigz on all cores, where it is
 *    there); with -4 at the level that Marrow takes
 *  - marrow import: NIfTI, sidecar, sequence recognition, pseudonyms; no identity is written (that is not an option)
 *  - marrow deidentify: DICOM to DICOM by PS3.15 annex E, audits; and then the import of its output
 *
 * dcm2niix is looked for in PATH; without it Marrow alone is measured.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Random } from "../dist/base/random.js";
import { emptyDataSet } from "../dist/dicom/data-set.js";
import { setNumbers, setText } from "../dist/dicom/set-values.js";
import { explicitLittleEndian } from "../dist/dicom/transfer-syntax.js";
import { writeDicom } from "../dist/dicom/write-dicom.js";

const [slices = 1000, repeats = 3] = process.argv.slice(2).map(Number);
const marrow = fileURLToPath(new URL("../bin/marrow.js", import.meta.url));
const side = 320;
const perSeries = 20;

/** What tells the sequences apart: echo, repetition and inversion time, and what the protocol calls them. */
const sequences = [
  { name: "t1_tse_cor", echo: 11, repetition: 550 },
  { name: "t2_tse_cor", echo: 90, repetition: 4000 },
  { name: "stir_cor", echo: 60, repetition: 4500, inversion: 220 },
];

/** An ellipse of tissue in noise, 12 bits: compresses about as MR images do. */
function pixels(random, slice) {
  const values = new Uint16Array(side * side);
  for (let n = 0; n < values.length; n++) {
    const [x, y] = [(n % side) / side - 0.5, Math.floor(n / side) / side - 0.5];
    const tissue = x * x + 1.6 * y * y < 0.17 ? 700 + 250 * Math.sin(14 * x + slice) * Math.cos(11 * y) : 0;
    values[n] = Math.max(0, Math.round(tissue + 18 * random.normal()));
  }
  return new Uint8Array(values.buffer);
}

function slice(patient, series, number, random) {
  const { name, echo, repetition, inversion } = sequences[series];
  const dataset = emptyDataSet();
  const study = `1.2.826.0.1.3680043.8.498.${patient + 1}`;
  const texts = {
    ...{ "00080005": "ISO_IR 100", "00080008": "ORIGINAL\\PRIMARY\\M\\NORM\\DIS2D" },
    ...{ "00080016": "1.2.840.10008.5.1.4.1.1.4", "00080018": `${study}.${series + 1}.${number + 1}` },
    ...{ "00080020": "20240311", "00080030": "101500", "00080050": `A${patient}`, "00080060": "MR" },
    ...{ "00080070": "SIEMENS", "00080080": "Hospital of Nowhere", "00080090": "Doctor^Ann" },
    ...{
      "0008103E": name,
      "00081090": "Aera",
      "00100010": `Doe^Jane${patient}`,
      "00100020": `4711${patient}`,
    },
    ...{ "00100030": "19850203", "00100040": "F", "00101010": "039Y", "00180015": "SIJ" },
    ...{ "00180020": inversion ? "IR" : "SE", "00180021": "SK", "00180023": "2D", "00181030": name },
    ...{ "0020000D": study, "0020000E": `${study}.${series + 1}`, "00200052": `${study}.0` },
    ...{ "00280004": "MONOCHROME2" },
  };
  const numbers = {
    ...{
      "00180050": [4],
      "00180080": [repetition],
      "00180081": [echo],
      "00180087": [1.5],
      "00180088": [4.4],
    },
    ...(inversion && { "00180082": [inversion] }),
    ...{ "00200011": [series + 1], "00200012": [1], "00200013": [number + 1] },
    ...{
      "00200032": [-140, -60 + 3.3 * number, 120 + 2.9 * number],
      "00200037": [1, 0, 0, 0, 0.66, -0.7513],
    },
    ...{ "00280002": [1], "00280010": [side], "00280011": [side], "00280030": [0.875, 0.875] },
    ...{ "00280100": [16], "00280101": [12], "00280102": [11], "00280103": [0] },
  };
  for (const [tag, text] of Object.entries(texts)) setText(dataset, tag, text);
  for (const [tag, values] of Object.entries(numbers)) setNumbers(dataset, tag, values);
  dataset.elements.set("7FE00010", { vr: "OW", bytes: pixels(random, number) });
  return writeDicom({ meta: emptyDataSet(), dataset, transferSyntax: explicitLittleEndian, problems: [] });
}

function makeTree(folder) {
  const random = new Random(7);
  for (let n = 0; n < slices; n++) {
    const [series, number] = [Math.floor(n / perSeries), n % perSeries];
    const patient = Math.floor(series / sequences.length);
    const place = join(folder, `p${patient}`, `s${series % sequences.length}`);
    mkdirSync(place, { recursive: true });
    const name = `IM${String((number * 7919 + 13) % 10007).padStart(5, "0")}`;
    writeFileSync(join(place, name), slice(patient, series % sequences.length, number, random));
  }
}

/** Wall and processor seconds of a process and its children, by the shell's `time`. */
function timed(command, ...args) {
  const script = 'TIMEFORMAT="%R %U %S"; time "$0" "$@" >/dev/null 2>&1';
  const { stderr, status } = spawnSync("bash", ["-c", script, command, ...args], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}: ${stderr}`);
  const [wall, user, system] = stderr.trim().split("\n").at(-1).split(" ").map(Number);
  return { wall, cpu: user + system };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const work = mkdtempSync(join(tmpdir(), "marrow-import-"));
const place = (name) => join(work, name);
const tree = place("dicom");

function converted(...level) {
  mkdirSync(place("dcm2niix"));
  return timed("dcm2niix", ...level, "-z", "y", "-o", place("dcm2niix"), tree);
}

const hasDcm2niix = spawnSync("dcm2niix", ["--version"]).error === undefined;
if (!hasDcm2niix) console.log("dcm2niix is not in PATH: Marrow alone");

/** Each starts from nothing. */
const contestants = {
  ...(hasDcm2niix && { "dcm2niix -z y": () => converted(), "dcm2niix -4 -z y": () => converted("-4") }),
  "marrow import": () => timed(process.execPath, marrow, "import", tree, "--study", place("study")),
  "marrow deidentify": () =>
    timed(process.execPath, marrow, "deidentify", tree, place("deidentified"), "--throw-away-key"),
  "marrow deidentify, then import": () => {
    const first = timed(
      process.execPath,
      marrow,
      "deidentify",
      tree,
      place("deidentified"),
      "--throw-away-key",
    );
    const second = timed(
      process.execPath,
      marrow,
      "import",
      place("deidentified"),
      "--study",
      place("study"),
    );
    return { wall: first.wall + second.wall, cpu: first.cpu + second.cpu };
  },
};

const outputs = ["dcm2niix", "study", "study.key", "deidentified"];
const clear = () => outputs.forEach((name) => rmSync(place(name), { recursive: true, force: true }));

/** How many images there are, and their size. */
function images() {
  const files = ["dcm2niix", "study"].filter((name) => existsSync(place(name))).flatMap(imagesIn);
  const size = files.reduce((sum, file) => sum + statSync(file).size, 0);
  return files.length === 0 ? "" : `; ${files.length} images of ${Math.round(size / 1e6)} MB`;
}

const imagesIn = (name) =>
  readdirSync(place(name), { recursive: true })
    .filter((file) => file.endsWith(".nii.gz"))
    .map((file) => join(place(name), file));

try {
  makeTree(tree);
  const [{ model }] = cpus();
  console.log(
    `${slices} slices of ${side} × ${side}; ${cpus().length} cores (${model}); medians of ${repeats}`,
  );
  const results = new Map(Object.keys(contestants).map((name) => [name, []]));
  const made = new Map();
  for (let n = 0; n < repeats; n++)
    for (const [name, run] of Object.entries(contestants)) {
      clear();
      results.get(name).push(run());
      made.set(name, images());
    }
  const of = (name, key) => median(results.get(name).map((one) => one[key]));
  const [reference] = results.keys();
  for (const name of results.keys()) {
    const [wall, cpu] = ["wall", "cpu"].map((key) => (of(name, key) / of(reference, key)).toFixed(2));
    const times = `${of(name, "wall").toFixed(1)} s, ${of(name, "cpu").toFixed(1)} s of processor time`;
    console.log(`${name}: ${times} (${wall} and ${cpu} of ${reference})${made.get(name)}`);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
