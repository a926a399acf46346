/** A small program that stands for Marrow's command line, so that each way of ending can be had. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeStudy } from "../study/make-study.js";

/** Writes a mask for each case it is asked for, and does what `behaviour.txt` of the study says on the way. */
const program = `
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
const value = (name) => process.argv[process.argv.indexOf(name) + 1];
const study = value("--study"), out = value("--out");
const behaviour = existsSync(study + "/behaviour.txt") ? readFileSync(study + "/behaviour.txt", "utf8") : "";
appendFileSync(study + "/started.txt", process.pid + " " + value("--cases") + "\\n");
mkdirSync(out, { recursive: true });
if (behaviour === "die at once") process.kill(process.pid, "SIGKILL");
for (const id of value("--cases").split(",")) {
  if (behaviour === "fail") { console.error("MODEL_INVALID: The file is no model of Marrow."); process.exit(1); }
  writeFileSync(out + "/" + id + ".nii.gz", id);
  if (behaviour === "die" && id === "sub-01") process.kill(process.pid, "SIGKILL");
  if (behaviour === "hang") await new Promise((resolve) => setTimeout(resolve, 60000));
}
`;

export class StandInStudy {
  private constructor(readonly dir: string) {}

  static async make(): Promise<StandInStudy> {
    const dir = await makeStudy(["01", "02"]);
    await writeFile(join(dir, "program.mjs"), program);
    return new StandInStudy(dir);
  }

  get command(): string[] {
    return [process.execPath, join(this.dir, "program.mjs")];
  }

  behave(behaviour: "" | "fail" | "die" | "die at once" | "hang"): Promise<void> {
    return writeFile(join(this.dir, "behaviour.txt"), behaviour);
  }

  /** What was started, in order. */
  async started(): Promise<{ pid: number; cases: string }[]> {
    const text = await readFile(join(this.dir, "started.txt"), "utf8").catch(() => "");
    const lines = text.split("\n").filter((line) => line !== "");
    return lines.map((line) => ({ pid: Number(line.split(" ")[0]), cases: line.split(" ")[1] }));
  }

  masks(): Promise<string[]> {
    return readdir(join(this.dir, "derivatives/marrow/segmentations/first")).catch(() => []);
  }
}

export async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 30));
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
