/**
 * What stands between the reading room, which knows what is to be done, and the workers that do it. A job is one task or
 * several; a task is one process. Whatever the queue says of a task names the turn it speaks of, so that a worker that lost
 * a task can no longer end it.
 */
import type { JobRequest } from "../reading/contract/index.js";

export const taskParts = ["whole", "fold", "assembly"] as const;
/** `whole`: a job that is not divided. `fold`: one network on one fold. `assembly`: what follows when all folds are there. */
export type TaskPart = (typeof taskParts)[number];

export interface Task {
  readonly id: string;
  /** Grows with each time that the task is offered again. */
  readonly turn: number;
  readonly job: string;
  readonly part: TaskPart;
  /** Of this task alone: a fold's names one network and one fold. */
  readonly request: JobRequest;
}

export type TurnOf = Pick<Task, "id" | "turn">;

export interface Advance {
  /** 0…1 */
  readonly share: number;
  readonly doing: string;
}

export interface JobFault {
  readonly code: string;
  readonly message: string;
}

export type Ending =
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly fault: JobFault }
  /** The process was killed, e.g. for want of memory; `progressed`: not without having got further. */
  | { readonly kind: "lost"; readonly progressed: boolean }
  /** The worker was asked to stop; the task goes on elsewhere or later. */
  | { readonly kind: "stopped" };

/** What the queue tells. */
export interface Tidings {
  began(turn: TurnOf, pid?: number): void;
  advanced(turn: TurnOf, advance: Advance): void;
  /** The worker is gone; another one will take the task. */
  waits(turn: TurnOf): void;
  /** Resolves when it is on disk. */
  ended(turn: TurnOf, ending: Ending): Promise<void>;
}

/** A task that is open when the server starts. */
export interface OpenTask {
  readonly task: Task;
  /** Process that had it, where it ran on this machine. */
  readonly pid: number | null;
}

export interface WorkQueue {
  /** Takes up what an earlier server left: `open` names every task that has not ended. */
  start(tidings: Tidings, open: () => readonly OpenTask[]): Promise<void>;
  /** The same turn may be offered again and is done once. */
  offer(task: Task): Promise<void>;
  /** Takes a task back; its process ends if it runs. */
  withdraw(turn: TurnOf): Promise<void>;
  /** Stops what runs in this process; workers elsewhere go on. */
  close(): Promise<void>;
}

/** How tasks are run, by this process or by a worker. */
export interface Workplace {
  /** The study folder as this machine sees it. */
  readonly dir: string;
  /** A Node program and its first arguments that understand Marrow's command line. */
  readonly command: readonly string[];
  /** Marrow's version; server and workers have the same one. */
  readonly version: string;
  readonly log: (message: string) => void;
  /** Between looks at the progress, ms. */
  readonly everyMs?: number;
}
