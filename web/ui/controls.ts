/** Form controls with their labels. */
import { h, type Child } from "./element.js";

let count = 0;
const nextId = () => `control-${++count}`;

export interface SliderOptions {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** How the value is written beside the slider. */
  readonly text: (value: number) => string;
  readonly onInput: (value: number) => void;
}

/** A slider with its value beside it; `set` moves it without telling. */
export function slider(
  options: SliderOptions,
  value: number,
): { element: HTMLElement; set: (value: number) => void } {
  const id = nextId();
  const { min, max, step } = options;
  const output = h("output", { for: id }, options.text(value));
  const input = h("input", {
    id,
    type: "range",
    min,
    max,
    step,
    oninput: () => {
      options.onInput(Number(input.value));
      output.textContent = options.text(Number(input.value));
    },
  });
  input.value = String(value);
  const set = (next: number) => {
    input.value = String(next);
    output.textContent = options.text(next);
  };
  return {
    element: h("div", { class: "slider" }, h("label", { for: id }, options.label), input, output),
    set,
  };
}

export interface Choice<T extends string> {
  readonly value: T;
  readonly text: string;
}

/** A drop-down list with its label; answers the element to place and the list itself. */
export function dropDown<T extends string>(
  label: string,
  choices: readonly Choice<T>[],
  chosen: T,
  onChange: (value: T) => void,
): { element: HTMLElement; list: HTMLSelectElement } {
  const id = nextId();
  const list = h("select", { id, onchange: () => onChange(list.value as T) }, optionsOf(choices));
  list.value = chosen;
  return { element: h("div", { class: "field" }, h("label", { for: id }, label), list), list };
}

export const optionsOf = <T extends string>(choices: readonly Choice<T>[]) =>
  choices.map(({ value, text }) => h("option", { value }, text));

/** A text field with its label. */
export function textField(
  label: string,
  props: Readonly<Record<string, string | number | boolean | undefined>>,
): { element: HTMLElement; input: HTMLInputElement } {
  const id = nextId();
  const input = h("input", { id, ...props });
  return { element: h("div", { class: "field" }, h("label", { for: id }, label), input), input };
}

/** A box to tick. */
export function tick(label: string, checked: boolean, onChange: (checked: boolean) => void): HTMLElement {
  const id = nextId();
  const input = h("input", { id, type: "checkbox", checked, onchange: () => onChange(input.checked) });
  return h("div", { class: "tick" }, input, h("label", { for: id }, label));
}

/** A group of the side panel. */
export const group = (title: string, ...children: Child[]) =>
  h("section", { class: "group", "aria-label": title }, h("h2", {}, title), ...children);

/** A button. */
export function button(
  text: string,
  onclick: () => void,
  props: Readonly<Record<string, string | boolean>> = {},
) {
  return h("button", { type: "button", onclick, ...props }, text);
}
