/** The row of tools. */
import { h } from "../ui/element.js";
import { keyText } from "./keys.js";
import { toolEntries, type ToolName } from "./tools.js";

export interface Toolbar {
  readonly element: HTMLElement;
  readonly mark: (tool: ToolName) => void;
}

/** `canDraw` false leaves out the tools that draw. */
export function toolbar(choose: (tool: ToolName) => void, canDraw: boolean): Toolbar {
  const entries = toolEntries.filter(({ isDrawing }) => canDraw || !isDrawing);
  const buttons = entries.map(({ name, title, key, hint }) =>
    h(
      "button",
      { type: "button", class: "tool", title: hint, "data-tool": name, onclick: () => choose(name) },
      title,
      h("kbd", { "aria-hidden": true }, keyText(key)),
    ),
  );
  const mark = (tool: ToolName) => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
  };
  const element = h("div", { class: "toolbar", role: "toolbar", "aria-label": "Tools" }, buttons);
  return { element, mark };
}
