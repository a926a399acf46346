/** Everything the handlers work with: the study, its masks, accounts, jobs. One of it for each served study. */
import { isForReaders, mayUse, type Job } from "../reading/contract/index.js";
import { Desk } from "../reading/desk.js";
import { Drawing } from "../reading/drawing.js";
import { Folding } from "../reading/folding.js";
import { Images } from "../reading/images.js";
import { Progress } from "../reading/progress.js";
import { ReaderMasks } from "../reading/reader-masks.js";
import { ReaderStudies } from "../reading/reader-studies/reader-studies.js";
import { ReadingTime } from "../reading/reader-studies/reading-time.js";
import { SteadyClock } from "../reading/reader-studies/steady-clock.js";
import { Scores } from "../reading/scoring/scores.js";
import { ScoringTemplates } from "../reading/scoring/templates.js";
import { Uncertainties } from "../reading/uncertainty.js";
import { Jobs, type JobsOptions } from "../jobs/jobs.js";
import { Aside } from "./aside/aside.js";
import { Accounts } from "./auth/accounts.js";
import { Audit } from "./auth/audit.js";
import { LoginLimits } from "./auth/login-limits.js";
import { Sessions } from "./auth/sessions.js";
import { Events } from "./events.js";
import { Imports } from "./imports.js";
import { Originals } from "./originals.js";

export interface RoomOptions {
  /** Marrow's version, for files that name what made them. */
  readonly version: string;
  /** Needed to create the first account; undefined where the server listens on loopback alone. */
  readonly setupCode?: string | undefined;
  /** Folder of the original DICOM images, for SEG. */
  readonly dicom?: string | undefined;
  /** File of PACS connections. */
  readonly pacs?: string | undefined;
  /** Bytes that one import through the page may have. */
  readonly maxUpload?: number | undefined;
  /** Where faults of ours are written. */
  readonly log: (message: string) => void;
  /** The command line that jobs run, e.g. [node, marrow.js]. */
  readonly command: readonly string[];
  /** Redis that hands jobs to `marrow worker`; without it they run here. */
  readonly queue?: string | undefined;
  /** For tests: the clock. */
  readonly now?: () => Date;
  /** For tests: milliseconds of the clock that reading times are taken with. */
  readonly monotonic?: () => number;
}

export interface Room extends RoomOptions {
  readonly clock: () => Date;
  readonly desk: Desk;
  readonly images: Images;
  readonly masks: ReaderMasks;
  readonly drawing: Drawing;
  readonly folding: Folding;
  readonly progress: Progress;
  readonly uncertainties: Uncertainties;
  readonly scores: Scores;
  readonly templates: ScoringTemplates;
  readonly readerStudies: ReaderStudies;
  readonly readingTime: ReadingTime;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly limits: LoginLimits;
  readonly audit: Audit;
  readonly events: Events;
  readonly jobs: Jobs;
  readonly imports: Imports;
  readonly originals: Originals;
  /** For work of seconds. */
  readonly aside: Aside;
}

/** Unless told otherwise, bytes of one import. */
const usualUpload = 20e9;

/** Opens a study's reading room; strokes that a stopped server left in the journal are folded into their files. */
export async function openRoom(dir: string, options: RoomOptions): Promise<Room> {
  const clock = options.now ?? (() => new Date());
  const desk = await Desk.open(dir);
  const { store } = desk;
  const masks = new ReaderMasks(desk, clock);
  const templates = new ScoringTemplates(desk.dir);
  const readerStudies = new ReaderStudies(store, new SteadyClock(store, clock));
  const events = new Events((user, caseId) => !readerStudies.hiddenFrom(user.name).has(caseId));
  const onFault = (error: unknown, { case: id, reader }: { case: string; reader: string }) =>
    options.log(`mask of ${reader} for ${id}: ${error instanceof Error ? error.message : String(error)}`);
  const folding = new Folding(masks, onFault);
  await masks.foldAll(onFault);
  const tellJob = (job: Job) => {
    // Before the pages hear of it and ask for what is new.
    if (job.request.kind === "import") desk.lookAgain();
    events.tell("job", job, (user) => mayUse(user.role, "senior") || isForReaders(job));
    imports.note(job).catch((error: unknown) => options.log(`import: ${String(error)}`));
  };
  const imports: Imports = new Imports({
    ...{ dir: desk.dir, now: clock, mostBytes: options.maxUpload ?? usualUpload },
    jobs: () => jobs.list(),
  });
  const jobs: Jobs = await openJobs(desk, { ...options, now: clock, onChange: tellJob });
  await imports.sweep();
  return {
    ...options,
    ...{ clock, desk, masks, folding, events, jobs, imports },
    aside: new Aside(),
    originals: new Originals(desk.dir, options.dicom),
    images: new Images(desk),
    drawing: new Drawing(desk, masks, clock),
    progress: new Progress(store, clock),
    uncertainties: new Uncertainties(desk.dir),
    scores: new Scores(store, templates, clock),
    templates,
    readerStudies,
    readingTime: new ReadingTime(store, options.monotonic ?? (() => performance.now())),
    accounts: new Accounts(store, clock),
    sessions: new Sessions(store, clock),
    limits: new LoginLimits(store, clock),
    audit: new Audit(store, clock),
  };
}

/** A database that was opened is closed again where the queue cannot be reached. */
async function openJobs(desk: Desk, options: JobsOptions): Promise<Jobs> {
  try {
    return await Jobs.open(desk, options);
  } catch (error) {
    desk.close();
    throw error;
  }
}

/** Stops jobs (they are given back), folds all strokes, closes the database. */
export async function closeRoom({ aside, jobs, folding, desk }: Room): Promise<void> {
  await aside.close();
  await jobs.stop();
  await folding.stop();
  desk.close();
}
