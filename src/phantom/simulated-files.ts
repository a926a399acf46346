/** Where the simulated results of a synthetic study go: the same places that real ones have. */
import { join } from "node:path";
import type { Volume } from "../volume/volume.js";
import {
  readingColumns,
  simulatedNetworks,
  simulatedReaders,
  simulateHeat,
  simulateMask,
  simulateProbability,
  simulateReading,
} from "./simulate.js";
import type { PhantomSubject } from "./subject.js";

const folds = 4;
/** Cases of the first subjects have heat maps. */
const withHeat = 24;

/** How a study writes its files. */
export interface Writer {
  readonly image: (
    path: string,
    volume: Volume<Int16Array<ArrayBuffer> | Uint8Array<ArrayBuffer>>,
  ) => Promise<void>;
  readonly text: (path: string, text: string) => Promise<void>;
}

/** Collects what belongs into tables while subject after subject is written. */
export class SimulatedResults {
  readonly #readings: string[][] = [];
  readonly #classified: object[] = [];
  readonly #sets = { internal: [] as string[], external: [] as string[] };

  constructor(
    private readonly dir: string,
    private readonly write: Writer,
  ) {}

  /** Masks of readers and networks, and the heat map. Patients of the second centre are the external test set. */
  async add(subject: PhantomSubject, id: string): Promise<void> {
    const { truth } = subject;
    const set = truth.person.site === 2 ? "external" : "internal";
    const fold = this.#sets.internal.length % folds;
    this.#sets[set].push(id);
    for (const [name, skill] of Object.entries(simulatedNetworks)) {
      const run = join(this.dir, "derivatives", "marrow", "runs", name);
      const folder = set === "external" ? join(run, "external") : join(run, `fold-${fold}`, "predictions");
      await this.write.image(join(folder, `${id}.nii.gz`), simulateMask(subject, skill, name));
    }
    for (const by of simulatedReaders) {
      const folder = join(this.dir, "derivatives", "annotations", `${by.reader}-${by.arm}`, id, "anat");
      const mask = simulateMask(subject, by.skill, `${by.reader} ${by.arm}`);
      await this.write.image(join(folder, `${id}_mask.nii.gz`), mask);
      this.#readings.push(simulateReading(subject, id, by));
    }
    await this.#classify(subject, id, set);
  }

  async #classify(subject: PhantomSubject, id: string, set: "internal" | "external"): Promise<void> {
    const { truth, mask } = subject;
    const heatmap = truth.subject <= withHeat ? join("heatmaps", `${id}.nii.gz`) : undefined;
    const folder = join(this.dir, "derivatives", "marrow", "classification", "classifier");
    if (heatmap !== undefined)
      await this.write.image(join(folder, heatmap), { ...mask, ...simulateHeat(subject) });
    this.#classified.push({
      ...{ id, set: set === "external" ? "external" : "cross-validation" },
      truth: Number(truth.person.group === "axSpA"),
      ...simulateProbability(subject),
      ...(heatmap === undefined ? {} : { heatmap }),
    });
  }

  /** Tables and splits, when every subject is written. */
  async finish(): Promise<void> {
    const { internal, external } = this.#sets;
    const at = (...names: string[]) => join(this.dir, "derivatives", "marrow", ...names);
    const rows = [readingColumns, ...this.#readings].map((cells) => `${cells.join("\t")}\n`);
    await this.write.text(at("reader-study", "readings.tsv"), rows.join(""));
    const classification = {
      ...{ simulated: true, positive: "axSpA", negative: "non-axSpA", threshold: 0.5 },
      ...{ intervalMethod: "simulated", cases: this.#classified },
    };
    await this.write.text(
      at("classification", "classifier", "classification.json"),
      `${JSON.stringify(classification, null, 2)}\n`,
    );
    const ofFold = (fold: number) => internal.filter((_, n) => n % folds === fold);
    const splits = {
      folds: Array.from({ length: folds }, (_, fold) => ({
        train: internal.filter((id) => !ofFold(fold).includes(id)),
        validation: ofFold(fold),
      })),
      ...{ test: [], external, origin: "Simulated: patients in turn; the second centre is external." },
    };
    await this.write.text(join(this.dir, "splits.json"), `${JSON.stringify(splits, null, 2)}\n`);
  }
}
