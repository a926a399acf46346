/** The study as the reading room sees it: opened once, looked at again when files may have changed. */
import { join, basename } from "node:path";
import { MarrowError } from "../base/errors.js";
import { openStudy } from "../study/study.js";
import type { Case, Study } from "../study/types.js";
import type { Grid } from "../volume/geometry.js";
import { readNiftiHeader } from "../volume/nifti.js";
import { voxelCount } from "../volume/volume.js";
import { Store } from "./database.js";
import { readingPlaces } from "./places.js";
import type { Whereabouts } from "./sources.js";
import type { Canvas } from "./strokes.js";

/** How long what was found in the folder is believed, ms. */
const trust = 2000;

export class Desk {
  private opened: { study: Promise<Study>; at: number } | undefined;
  private readonly grids = new Map<string, Promise<Grid>>();

  private constructor(
    readonly dir: string,
    readonly store: Store,
  ) {}

  /** Opens a study and its database. Throws as `openStudy` and `Store.open` do. */
  static async open(dir: string): Promise<Desk> {
    const study = await openStudy(dir, { ignorePlan: true, ignoreSplits: true, allowEmpty: true });
    return new Desk(study.dir, Store.open(join(study.dir, readingPlaces.database)));
  }

  get name(): string {
    return basename(this.dir);
  }

  /** The study as it lies in the folder; plan and splits are not read. */
  study(): Promise<Study> {
    const now = performance.now();
    if (!this.opened || now - this.opened.at > trust) {
      const study = openStudy(this.dir, { ignorePlan: true, ignoreSplits: true, allowEmpty: true });
      study.catch(() => (this.opened = undefined));
      this.opened = { study, at: now };
    }
    return this.opened.study;
  }

  /** Says that files of the study have changed. */
  lookAgain(): void {
    this.opened = undefined;
  }

  /** Throws CASE_UNKNOWN. */
  async caseOf(id: string): Promise<Case> {
    const found = (await this.study()).cases.find((one) => one.id === id);
    if (!found) throw new MarrowError("CASE_UNKNOWN", { found: id });
    return found;
  }

  async where(id: string): Promise<Whereabouts> {
    const { config } = await this.study();
    await this.caseOf(id);
    return { dir: this.dir, case: id, reference: config.reader };
  }

  /** Grid of a case's masks: that of its first channel. */
  async gridOf(id: string): Promise<Grid> {
    const [file] = (await this.caseOf(id)).images;
    const known = this.grids.get(id);
    if (known) return known;
    const grid = readNiftiHeader(file).then(({ size, affine }) => ({ size, affine }));
    grid.catch(() => this.grids.delete(id));
    this.grids.set(id, grid);
    return grid;
  }

  async canvasOf(id: string): Promise<Canvas> {
    const { config } = await this.study();
    const { size } = await this.gridOf(id);
    return { voxels: voxelCount(size), labels: config.labels.map(({ value }) => value) };
  }

  close(): void {
    this.store.close();
  }
}
