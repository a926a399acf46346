/** Dialogs. */
import { h, type Child } from "./element.js";

/** Opens a dialog with a title and a Close button; resolves when it is closed. Escape closes it. */
export function openDialog(title: string, ...content: Child[]): HTMLDialogElement {
  const dialog = h("dialog", { "aria-label": title });
  const close = h("button", { type: "button", onclick: () => dialog.close() }, "Close");
  dialog.append(h("h2", {}, title), ...content.map((child) => h("div", {}, child)), h("footer", {}, close));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

export interface Question {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  /** Label of a field for a remark; none without. */
  readonly remark?: string;
  /** False lets the remark be empty. */
  readonly isRemarkNeeded?: boolean;
}

/** Asks before something happens. Resolves to the remark ("" without one), or undefined where the answer is no. */
export function ask({ title, text, yes, remark, isRemarkNeeded }: Question): Promise<string | undefined> {
  return new Promise((resolve) => {
    const field = h("textarea", {
      rows: 3,
      required: isRemarkNeeded ?? false,
      maxlength: 2000,
      id: "ask-remark",
    });
    let answer: string | undefined;
    const form = h(
      "form",
      {
        onsubmit: (event: SubmitEvent) => {
          event.preventDefault();
          answer = field.value.trim();
          dialog.close();
        },
      },
      h("p", {}, text),
      remark !== undefined && [h("label", { for: "ask-remark" }, remark), field],
      h(
        "footer",
        {},
        h("button", { type: "button", onclick: () => dialog.close() }, "Cancel"),
        h("button", { type: "submit", class: "primary" }, yes),
      ),
    );
    const dialog = h("dialog", { "aria-label": title }, h("h2", {}, title), form);
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
