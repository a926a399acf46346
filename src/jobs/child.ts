/** A job's process: `marrow …` as its own process that ends with the one that started it, however that ends. */
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { constants, setPriority } from "node:os";

/**
 * Run in the process before Marrow: when its standard input closes, the server is gone and so is the reason to work. Threads
 * run it too, but their standard input says nothing.
 */
const endWithParent = `data:text/javascript,${encodeURIComponent(
  'import{isMainThread}from"node:worker_threads";const end=()=>process.exit(75);' +
    'if(isMainThread){process.stdin.on("end",end).on("error",end).resume();process.stdin.unref?.()}',
)}`;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts `command` (a Node program and its first arguments) with `args`; all it prints goes into `log`. */
export function startChild(
  [node, ...command]: readonly string[],
  args: readonly string[],
  log: string,
): Child {
  const output = openSync(log, "a");
  const child = spawn(node, ["--import", endWithParent, ...command, ...args], {
    stdio: ["pipe", output, output],
  });
  closeSync(output);
  child.stdin?.on("error", () => undefined);
  if (child.pid !== undefined) yieldToOthers(child.pid);
  const ended = new Promise<Ended>((resolve) => {
    child.once("error", () => resolve({ code: 1, signal: null }));
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  return { process: child, ended };
}

/** People who draw on this machine come first; what only waits for nobody else is as fast as before. */
function yieldToOthers(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already, or the system has no priorities.
  }
}

/** Asks a process to stop, and ends it if it has not after `graceMs`. */
export async function stopChild({ process, ended }: Child, graceMs: number): Promise<void> {
  process.kill("SIGTERM");
  const timer = setTimeout(() => process.kill("SIGKILL"), graceMs);
  await ended;
  clearTimeout(timer);
}

/** Waits until a process is gone, at most `waitMs`. */
export async function waitUntilGone(pid: number, waitMs: number): Promise<void> {
  const end = performance.now() + waitMs;
  while (isAlive(pid) && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Code and text of what a failed command printed last. */
export async function faultIn(log: string): Promise<{ code: string; message: string }> {
  const text = (await readFile(log, "utf8").catch(() => "")).slice(-4000);
  const code = [...text.matchAll(/^(?:\S+: )?([A-Z]+(?:_[A-Z]+)+): /gm)].at(-1);
  return { code: code?.[1] ?? "JOB_FAILED", message: text.slice(code?.index ?? -500).trim() };
}
