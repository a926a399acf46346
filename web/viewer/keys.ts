/** Keys of the reading screen. The table is what the help shows and what the keyboard does. */
import { presets, presetWindow } from "../core/grey-window.js";
import { toolEntries, type ToolName } from "./tools.js";
import type { Pane } from "./pane.js";

/** What keys can do to the reading screen. */
export interface Keyboard {
  readonly pane: () => Pane;
  readonly choose: (tool: ToolName) => void;
  readonly chooseLabel: (position: number) => void;
  readonly act: (action: Action) => void;
}

export type Action =
  | "undo"
  | "redo"
  | "interpolate"
  | "larger"
  | "smaller"
  | "overlay"
  | "hide"
  | "crosshair"
  | "maximise"
  | "help"
  | "finish"
  | "cancel"
  | "dab"
  | "unmeasure";

export interface KeyEntry {
  /** As `KeyboardEvent.key`, with "Ctrl+" and "Shift+" before it. */
  readonly keys: readonly string[];
  readonly what: string;
  readonly run: (keyboard: Keyboard) => void;
}

const act =
  (action: Action) =>
  ({ act }: Keyboard) =>
    act(action);

const moveCrosshair =
  (dx: number, dy: number) =>
  ({ pane }: Keyboard): void => {
    const current = pane();
    const [x, y] = current.pixelOf(current.scene.point);
    const step = Math.hypot(current.map.a, current.map.b);
    current.scene.point = current.pointAt([x + dx * step, y + dy * step]);
    current.scene.changed();
  };

const navigation: readonly KeyEntry[] = [
  key(["ArrowUp"], "Slice before", ({ pane }) => pane().step(-1)),
  key(["ArrowDown"], "Slice after", ({ pane }) => pane().step(1)),
  key(["PageUp"], "Five slices back", ({ pane }) => pane().step(-5)),
  key(["PageDown"], "Five slices on", ({ pane }) => pane().step(5)),
  key(["Home"], "First slice", ({ pane }) => pane().step(-Infinity)),
  key(["End"], "Last slice", ({ pane }) => pane().step(Infinity)),
  key(["+", "="], "Enlarge", ({ pane }) => pane().zoom(1.25)),
  key(["-"], "Reduce", ({ pane }) => pane().zoom(0.8)),
  key(["0"], "Whole picture", ({ pane }) => pane().fit()),
  key(["v"], "This picture alone, or all", act("maximise")),
  key(["Delete"], "Remove the last measurement", act("unmeasure")),
  key(["x"], "Crosshair shown or not", act("crosshair")),
  key(["Shift+ArrowLeft"], "Crosshair to the left", moveCrosshair(-1, 0)),
  key(["Shift+ArrowRight"], "Crosshair to the right", moveCrosshair(1, 0)),
  key(["Shift+ArrowUp"], "Crosshair up", moveCrosshair(0, -1)),
  key(["Shift+ArrowDown"], "Crosshair down", moveCrosshair(0, 1)),
];

const drawing: readonly KeyEntry[] = [
  key([" "], "Use the tool at the crosshair", act("dab")),
  key(["["], "Smaller brush", act("smaller")),
  key(["]"], "Larger brush", act("larger")),
  key(["Enter"], "Close the contour", act("finish")),
  key(["Escape"], "Give up the contour", act("cancel")),
  key(["i"], "Interpolate between slices", act("interpolate")),
  key(["Ctrl+z"], "Undo", act("undo")),
  key(["Ctrl+y", "Ctrl+Shift+z"], "Redo", act("redo")),
  key(["o"], "Mask filled, outlined, hidden", act("overlay")),
  key(["h"], "Mask hidden or shown", act("hide")),
  key(["?"], "This help", act("help")),
];

function key(keys: readonly string[], what: string, run: KeyEntry["run"]): KeyEntry {
  return { keys, what, run };
}

/** All keys in the groups that the help shows. */
export const keyGroups: readonly { readonly title: string; readonly entries: readonly KeyEntry[] }[] = [
  { title: "Pictures", entries: navigation },
  {
    title: "Tools",
    entries: toolEntries.map((tool) => key([tool.key], tool.title, ({ choose }) => choose(tool.name))),
  },
  {
    title: "Brightness",
    entries: presets.map((preset) =>
      key([preset.key], preset.name, ({ pane }) => {
        const { image, scene } = pane();
        image.window = presetWindow(image.sample, preset);
        scene.changed();
      }),
    ),
  },
  {
    title: "Drawing",
    entries: [
      ...[1, 2, 3, 4].map((n) => key([String(n)], `Label ${n}`, ({ chooseLabel }) => chooseLabel(n - 1))),
      ...drawing,
    ],
  },
];

const all = new Map(
  keyGroups.flatMap(({ entries }) =>
    entries.flatMap((entry) => entry.keys.map((one) => [one, entry] as const)),
  ),
);

/** Keys as written in the table. Letters and signs are taken as typed; Shift counts with named keys only. */
export function keyName(event: KeyboardEvent): string {
  const isNamed = event.key.length > 1;
  const control = event.ctrlKey || event.metaKey;
  const shift = event.shiftKey && (isNamed || control);
  const plain = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return `${control ? "Ctrl+" : ""}${shift ? "Shift+" : ""}${plain}`;
}

/** Does what the key means, unless the person is typing or a dialog is open. */
export function handleKey(event: KeyboardEvent, keyboard: Keyboard): void {
  const entry = all.get(keyName(event));
  if (!entry || event.altKey || isTaken(event)) return;
  event.preventDefault();
  entry.run(keyboard);
}

/** True where the key belongs to a field, a button or a dialog. A dialog that was closed keeps the focus for a frame. */
function isTaken({ target, key: pressed }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  if (document.querySelector("dialog[open]") !== null) return true;
  if (target.closest("dialog") !== null) return false;
  if (target.matches("input:not([type=checkbox], [type=radio]), select, textarea")) return true;
  const isControl = target.matches("button, a, input, summary");
  return isControl && [" ", "Enter", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"].includes(pressed);
}

const symbols: Readonly<Record<string, string>> = {
  " ": "Space",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
};

/** How a key is written in the help. */
export const keyText = (name: string): string =>
  name
    .split(/(?<=.)\+(?=.)/)
    .map((part) => symbols[part] ?? (part.length === 1 ? part.toUpperCase() : part))
    .join(" + ");
