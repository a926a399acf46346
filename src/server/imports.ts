/** Imports under way and the jobs that do them. */
import type { Job } from "../reading/contract/index.js";
import { Incoming } from "../reading/import.js";

export interface ImportsOptions {
  readonly dir: string;
  readonly now: () => Date;
  /** Bytes that one import may have. */
  readonly mostBytes: number;
  /** All jobs, newest first. */
  readonly jobs: () => readonly Job[];
}

const isEnded = ({ state }: Job) => state === "done" || state === "failed" || state === "cancelled";

export class Imports {
  readonly incoming: Incoming;

  constructor(private readonly options: ImportsOptions) {
    this.incoming = new Incoming(options.dir, options.now, options.mostBytes);
  }

  /** How far the job of an import is; undefined where none was started. */
  stateOf(id: string): "open" | "ended" | undefined {
    const job = this.options.jobs().find(({ request }) => request.kind === "import" && request.upload === id);
    return job && (isEnded(job) ? "ended" : "open");
  }

  /** Removes what no job needs. */
  sweep(): Promise<void> {
    return this.incoming.sweep((id) => this.stateOf(id));
  }

  /** To be told of every change of a job: what was imported, or will not be, is removed. */
  async note(job: Job): Promise<void> {
    if (job.request.kind === "import" && isEnded(job)) await this.incoming.remove(job.request.upload);
  }
}
