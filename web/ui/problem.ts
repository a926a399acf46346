/** Problems shown to people: what happened, what was found, what to do next. */
import type { Problem } from "../../src/reading/contract/index.js";
import { ApiProblem } from "../api/client.js";
import { h } from "./element.js";

/** Whatever was thrown, as a problem. */
export function asProblem(error: unknown): Problem {
  if (error instanceof ApiProblem) return error.problem;
  return {
    type: "about:blank",
    title: "Something in this page went wrong.",
    status: 0,
    code: "PAGE_FAULT",
    found: error instanceof Error ? error.message : String(error),
    next: "Reload the page. What was shown as saved is saved.",
  };
}

/** A box that describes a problem. */
export function problemBox(error: unknown): HTMLElement {
  const { title, code, expected, found, next } = asProblem(error);
  const row = (name: string, text: string | undefined) =>
    text !== undefined && text !== "" && [h("dt", {}, name), h("dd", {}, text)];
  return h(
    "div",
    { class: "problem", role: "alert" },
    h("p", { class: "problem-title" }, title),
    h("dl", {}, row("Expected", expected), row("Found", found), row("What to do", next), row("Code", code)),
  );
}
