/** Elements of the page from plain calls. Text is always set as text, never as HTML. */

export type Child = Node | string | number | false | null | undefined | readonly Child[];

type Handler = (event: never) => void;
export type Props = Readonly<Record<string, string | number | boolean | Handler | undefined>>;

/**
 * An element with attributes, listeners (`onclick` …) and children. A boolean attribute is set or left out; `value` and
 * `checked` are set as properties.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(element, name, value);
  element.append(...nodesOf(children));
  return element;
}

const svgSpace = "http://www.w3.org/2000/svg";

/** The same for SVG. */
export function svg(tag: string, props: Props = {}, ...children: Child[]): SVGElement {
  const element = document.createElementNS(svgSpace, tag);
  for (const [name, value] of Object.entries(props))
    if (value !== undefined && value !== false && typeof value !== "function")
      element.setAttribute(name, String(value));
  element.append(...nodesOf(children));
  return element;
}

function setProp(element: HTMLElement, name: string, value: Props[string]): void {
  if (value === undefined || value === false) return;
  if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
  else if (name === "value" || name === "checked") Object.assign(element, { [name]: value });
  else element.setAttribute(name, value === true ? "" : String(value));
}

function nodesOf(children: readonly Child[]): (Node | string)[] {
  return children.flatMap((child) => {
    if (child === null || child === undefined || child === false) return [];
    if (isList(child)) return nodesOf(child);
    return [typeof child === "number" ? String(child) : child];
  });
}

const isList = (child: Child): child is readonly Child[] => Array.isArray(child);

/** Replaces all children. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren(...nodesOf(children));
}
