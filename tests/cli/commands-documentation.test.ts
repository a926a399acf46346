import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { program } from "../../src/cli/main.js";

const page = readFileSync("docs/reference/commands.md", "utf8");
const commands = (await program()).commands;

/** Text of each section `## marrow NAME`, by name. */
const sections = new Map(
  page.split(/^## /m).flatMap((text) => {
    const name = /^marrow (\S+)/.exec(text)?.[1];
    return name === undefined ? [] : [[name, text] as const];
  }),
);

/** Long options in the first column of a section's table. */
const documented = (text: string) => [...text.matchAll(/^\| `(--[a-z-]+)/gm)].map((match) => match[1]);

describe("docs/reference/commands.md", () => {
  it("has a section for every command, and for no other", () => {
    expect([...sections.keys()]).toEqual(commands.map((command) => command.name()));
  });

  it.each(commands.map((command) => [command.name(), command] as const))(
    "names every option of %s, and no other",
    (name, command) => {
      const options = command.options.map(({ long }) => long);
      expect(documented(sections.get(name) ?? "").sort()).toEqual(options.sort());
    },
  );
});
