import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { program } from "../../src/cli/main.js";
import { runMarrow } from "./run-marrow.js";

const folder = mkdtempSync(join(tmpdir(), "marrow-cli-"));
const nowhere = join(folder, "nowhere");
const text = join(folder, "text.nii.gz");
writeFileSync(text, "no image");
afterAll(() => rmSync(folder, { recursive: true }));

const names = (await program()).commands.map((command) => command.name());

describe("help and version", () => {
  it("prints the package's version", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    expect(await runMarrow("--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  it("lists every command", async () => {
    const { code, stdout } = await runMarrow("--help");
    expect(code).toBe(0);
    for (const name of names) expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, "m"));
    expect(stdout).toContain("Research use only");
  });

  it.each(names)("%s --help says how it is used", async (name) => {
    const { code, stdout, stderr } = await runMarrow(name, "--help");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(`Usage: marrow ${name} `);
  });
});

describe("a command line that is not understood ends with 2 and shows the help", () => {
  it.each<[string, string[], string]>([
    ["no command", [], "Usage: marrow"],
    ["an unknown command", ["dance"], "unknown command 'dance'"],
    ["an unknown option", ["check", folder, "--colour"], "unknown option '--colour'"],
    ["a missing argument", ["train"], "missing required argument 'study'"],
    ["a missing required option", ["segment", text, "--out", folder], "--model"],
    ["an option without its value", ["plan", folder, "--minutes"], "argument missing"],
    ["a number that is none", ["plan", folder, "--minutes", "soon"], "Expected a number above 0"],
    ["a device there is not", ["train", folder, "--device", "abacus"], "Allowed choices are cpu"],
  ])("%s", async (_, args, words) => {
    const { code, stderr } = await runMarrow(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(stderr).toContain("Usage: marrow");
    expect(stderr).not.toMatch(/^ +at /m);
  });
});

describe("a mistake in files ends with 1, a code and no stack trace", () => {
  it.each<[string, string[], string]>([
    ["a study that is not there", ["check", nowhere], "STUDY_NOT_FOUND"],
    ["a folder that is no study", ["train", folder], "STUDY_NOT_FOUND"],
    ["a file where a study should be", ["plan", text], "STUDY_NOT_FOUND"],
    ["a file that is not there", ["verify", nowhere], "FILE_NOT_FOUND"],
    ["a folder where a file should be", ["verify", folder], "FILE_UNREADABLE"],
    ["an image where weights should be", ["verify", text], "SAFETENSORS_INVALID"],
    ["a model that is not there", ["segment", text, "--model", nowhere, "--out", folder], "FILE_NOT_FOUND"],
    ["a folder without a model", ["segment", text, "--model", folder, "--out", folder], "MODEL_INVALID"],
    ["masks that are not there", ["evaluate", "--prediction", nowhere, "--reference", nowhere], nowhere],
    ["nothing to import", ["init", nowhere], "BAD_ARGUMENT"],
    ["a task there is not", ["init", nowhere, "--images", folder, "--task", "dance"], "TASK_UNKNOWN"],
    ["one reader alone", ["agreement", folder], "BAD_ARGUMENT"],
  ])("%s", async (_, args, words) => {
    const { code, stderr } = await runMarrow(...args);
    expect(code).toBe(1);
    expect(stderr).toContain(words);
    expect(stderr).toMatch(/^ {2}next: /m);
    expect(stderr).not.toMatch(/^ +at |INTERNAL/m);
  });
});

describe("an error is described in a few lines", () => {
  it("says what happened, where, what was expected and what to do", async () => {
    const { stderr } = await runMarrow("check", nowhere);
    expect(stderr).toBe(
      [
        "STUDY_NOT_FOUND: The folder is not a study.",
        `  file:     ${nowhere}`,
        "  expected: a folder with marrow.yaml",
        "  next:     Make one with `marrow init`.",
        "",
      ].join("\n"),
    );
  });
});
