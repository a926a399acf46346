/** A sheet while it is being filled in: changes, points, saving by itself. */
import type {
  SavedScore,
  ScoredCell,
  ScoreSheet,
  ScoringTemplate,
  Suggestion,
} from "../../src/reading/contract/index.js";
import { isUnscorable, withPoints } from "../core/score-sheet.js";

/** Where sheets are kept: at a case, or at a reading of a reader study. */
export interface ScoreDoor {
  readonly save: (sheet: ScoreSheet, baseVersion: number, isDone: boolean) => Promise<SavedScore>;
  /** Masks whose suggestion may be asked for, by name; none where the protocol does not allow it. */
  readonly suggesters: readonly { readonly value: string; readonly text: string }[];
  readonly suggest: (sheet: ScoreSheet, source: string) => Promise<Suggestion>;
}

const quietMs = 500;

export type ScoreSaving = "saved" | "saving" | "failed";

export class ScoreState {
  /** The item whose regions are shown and pointed at. */
  item: ScoringTemplate["items"][number];
  suggestion: Suggestion | undefined;
  isDone: boolean;
  private version: number;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private work: Promise<void> = Promise.resolve();
  private readonly listeners = new Set<() => void>();

  constructor(
    readonly template: ScoringTemplate,
    public sheet: ScoreSheet,
    saved: Pick<SavedScore, "version" | "isDone">,
    private readonly door: ScoreDoor,
    private readonly onSaving: (saving: ScoreSaving, problem?: unknown) => void,
  ) {
    this.item = template.items[0];
    this.version = saved.version;
    this.isDone = saved.isDone;
  }

  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  tell(): void {
    for (const listener of this.listeners) listener();
  }

  change(change: (sheet: ScoreSheet) => ScoreSheet): void {
    this.sheet = change(this.sheet);
    this.isDone = false;
    this.tell();
    this.onSaving("saving");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(false).catch(() => undefined), quietMs);
  }

  setPoints(at: Omit<ScoredCell, "points">, points: number): void {
    if (!isUnscorable(this.sheet, at)) this.change((sheet) => withPoints(sheet, at, points));
  }

  async suggest(source: string): Promise<void> {
    this.suggestion = await this.door.suggest(this.sheet, source);
    this.tell();
  }

  /** Saves now, after what is being saved already. Throws ApiProblem. */
  save(isDone: boolean): Promise<void> {
    clearTimeout(this.timer);
    const run = async () => {
      const saved = await this.door.save(this.sheet, this.version, isDone);
      this.version = saved.version;
      this.isDone = saved.isDone;
      this.onSaving("saved");
      this.tell();
    };
    const after = this.work.then(run, run);
    this.work = after;
    after.catch((error: unknown) => this.onSaving("failed", error));
    return after;
  }
}
