import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { planSchema } from "../../src/study/types.js";

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** Dotted names of all entries, `[]` for the items of a list; triples and labels count as one entry. */
function entries({ properties = {} }: Schema, prefix = ""): string[] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const name = `${prefix}${key}`;
    if (name === "labels") return [name];
    if (schema.properties) return entries(schema, `${name}.`);
    return schema.items?.properties ? [name, ...entries(schema.items, `${name}[].`)] : [name];
  });
}

/** Entries in the first column of the page's tables; `.low` after `normalisation.high` belongs to `normalisation`. */
function documented(): string[] {
  const page = readFileSync("docs/reference/plan.md", "utf8");
  return [...page.matchAll(/^\| (`[^|]+`) *\|/gm)].flatMap(([, cell]) => {
    const names = cell.split(", ").map((text) => text.trim().replaceAll("`", ""));
    const parent = names[0].slice(0, names[0].lastIndexOf(".") + 1);
    return names.map((name) => (name.startsWith(".") ? parent + name.slice(1) : name));
  });
}

describe("docs/reference/plan.md", () => {
  it("explains every entry of plan.yaml, and no other", () => {
    const schema = z.toJSONSchema(planSchema, { io: "input" }) as Schema;
    expect(documented().sort()).toEqual(entries(schema).sort());
  });
});
