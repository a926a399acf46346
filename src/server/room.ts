/** Everything the handlers work with: the study, its masks, accounts, jobs. One of it for each served study. */
import { Desk } from "../reading/desk.js";
import { Drawing } from "../reading/drawing.js";
import { Folding } from "../reading/folding.js";
import { Images } from "../reading/images.js";
import { Progress } from "../reading/progress.js";
import { ReaderMasks } from "../reading/reader-masks.js";
import { Jobs } from "../jobs/jobs.js";
import { Accounts } from "./auth/accounts.js";
import { Audit } from "./auth/audit.js";
import { LoginLimits } from "./auth/login-limits.js";
import { Sessions } from "./auth/sessions.js";
import { Events } from "./events.js";

export interface RoomOptions {
  /** Marrow's version, for files that name what made them. */
  readonly version: string;
  /** Needed to create the first account; undefined where the server listens on loopback alone. */
  readonly setupCode?: string | undefined;
  /** Folder of the original DICOM images, for SEG. */
  readonly dicom?: string | undefined;
  /** Where faults of ours are written. */
  readonly log: (message: string) => void;
  /** The command line that jobs run, e.g. [node, marrow.js]. */
  readonly command: readonly string[];
  /** For tests: the clock. */
  readonly now?: () => Date;
}

export interface Room extends RoomOptions {
  readonly clock: () => Date;
  readonly desk: Desk;
  readonly images: Images;
  readonly masks: ReaderMasks;
  readonly drawing: Drawing;
  readonly folding: Folding;
  readonly progress: Progress;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly limits: LoginLimits;
  readonly audit: Audit;
  readonly events: Events;
  readonly jobs: Jobs;
}

/** Opens a study's reading room; strokes that a stopped server left in the journal are folded into their files. */
export async function openRoom(dir: string, options: RoomOptions): Promise<Room> {
  const clock = options.now ?? (() => new Date());
  const desk = await Desk.open(dir);
  const { store } = desk;
  const masks = new ReaderMasks(desk, clock);
  const events = new Events();
  const onFault = (error: unknown, { case: id, reader }: { case: string; reader: string }) =>
    options.log(`mask of ${reader} for ${id}: ${error instanceof Error ? error.message : String(error)}`);
  const folding = new Folding(masks, onFault);
  await masks.foldAll(onFault);
  const jobs = new Jobs(desk, { ...options, now: clock, onChange: (job) => events.tell("job", job) });
  await jobs.start();
  return {
    ...options,
    ...{ clock, desk, masks, folding, events, jobs },
    images: new Images(desk),
    drawing: new Drawing(desk, masks, clock),
    progress: new Progress(store, clock),
    accounts: new Accounts(store, clock),
    sessions: new Sessions(store, clock),
    limits: new LoginLimits(store, clock),
    audit: new Audit(store, clock),
  };
}

/** Stops jobs (they are given back), folds all strokes, closes the database. */
export async function closeRoom({ jobs, folding, desk }: Room): Promise<void> {
  await jobs.stop();
  await folding.stop();
  desk.close();
}
