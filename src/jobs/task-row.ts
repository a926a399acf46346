/** A task as it stands in the database. */
import type { JobRequest } from "../reading/contract/index.js";
import type { Task, TaskPart } from "./queue.js";

/** `blocked`: waits for other tasks of its job. */
export type TaskState = "blocked" | "waiting" | "running" | "done" | "failed";

export interface TaskRow {
  id: string;
  job: string;
  part: TaskPart;
  request: string;
  state: TaskState;
  turn: number;
  progress: number;
  doing: string;
  attempts: number;
  /** How often in a row its process was killed without having got further. */
  losses: number;
  pid: number | null;
  error: string | null;
}

export function taskOf({ id, turn, job, part, request }: TaskRow): Task {
  return { id, turn, job, part, request: JSON.parse(request) as JobRequest };
}
