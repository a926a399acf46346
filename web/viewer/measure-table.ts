/** Measurements of a mask: those of the whole patient first, the rest folded. */
import type { z } from "zod";
import type { measurementSchema } from "../../src/reading/contract/index.js";
import { h } from "../ui/element.js";
import { labelTitle } from "./label-panel.js";

type Measured = z.infer<typeof measurementSchema>;

export function measureTable(all: readonly Measured[]): HTMLElement {
  const whole = all.filter(({ level }) => level === "patient");
  const rest = all.filter(({ level }) => level !== "patient");
  return h(
    "div",
    {},
    tableOf("Whole examination", whole),
    rest.length > 0 &&
      h("details", {}, h("summary", {}, `${rest.length} measurements of parts`), tableOf("Parts", rest)),
    h("p", { class: "hint" }, "As `marrow quantify` measures. Research use only."),
  );
}

function tableOf(caption: string, rows: readonly Measured[]): HTMLElement {
  return h(
    "table",
    {},
    h("caption", {}, caption),
    h(
      "tbody",
      {},
      rows.map((one) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, `${labelTitle(one.measure)} · ${labelTitle(one.label)}${partOf(one)}`),
          h("td", {}, valueText(one)),
        ),
      ),
    ),
  );
}

const partOf = ({ level, of }: Measured) => (level === "patient" ? "" : ` · ${of === "" ? level : of}`);

function valueText({ value, unit, reason }: Measured): string {
  if (value === null) return `– ${reason ?? ""}`.trim();
  if (typeof value === "string") return value;
  const number = Number.isInteger(value) ? String(value) : value.toPrecision(4);
  return `${number} ${unit}`.trim();
}
