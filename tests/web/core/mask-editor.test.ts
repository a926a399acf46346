import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MaskEditor } from "../../../web/core/mask-editor.js";
import { applyRuns, runsOf, type Run } from "../../../web/core/runs.js";

const maskOf = (...data: number[]) => ({
  data: Uint8Array.from(data),
  size: [data.length, 1, 1] as const,
  affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
});

/** An editor and a copy of its mask that is kept by the changes alone, as the server does. */
function edited(...data: number[]) {
  const saved = Uint8Array.from(data);
  const changes: (readonly Run[])[] = [];
  const onChange = (runs: readonly Run[]) => {
    changes.push(runs);
    applyRuns(saved, runs);
  };
  return { editor: new MaskEditor(maskOf(...data), { onChange }), saved, changes };
}

describe("runsOf", () => {
  it("joins neighbours of one value", () => {
    expect(runsOf([7, 3, 4, 5, 9], (n) => (n === 5 ? 2 : 1))).toEqual([
      [3, 2, 1],
      [5, 1, 2],
      [7, 1, 1],
      [9, 1, 1],
    ]);
  });
});

describe("MaskEditor", () => {
  it("sends what changed, once, and can be undone as a whole", () => {
    const { editor, changes } = edited(0, 0, 2, 0);
    editor.paint([0, 1], 1);
    editor.checkpoint();
    editor.paint([1, 2], 1);
    editor.finish();
    expect(changes).toEqual([[[0, 2, 1]], [[2, 1, 1]]]);
    editor.undo();
    expect([...editor.mask.data]).toEqual([0, 0, 2, 0]);
    expect(changes[2]).toEqual([
      [0, 2, 0],
      [2, 1, 2],
    ]);
    editor.redo();
    expect([...editor.mask.data]).toEqual([1, 1, 1, 0]);
  });

  it("neither paints a locked label nor paints over it", () => {
    const { editor } = edited(0, 2, 1);
    editor.lock(2, true);
    editor.paint([0, 1, 2], 1);
    editor.paint([0], 2);
    editor.finish();
    expect([...editor.mask.data]).toEqual([1, 2, 1]);
  });

  it("forgets strokes that change nothing, and what was undone once something new is drawn", () => {
    const { editor, changes } = edited(1, 0);
    editor.paint([0], 1);
    editor.finish();
    expect([editor.canUndo, changes.length]).toEqual([false, 0]);
    editor.paint([1], 1);
    editor.finish();
    editor.undo();
    editor.paint([0], 2);
    editor.finish();
    expect(editor.canRedo).toBe(false);
  });

  it("keeps the saved mask equal to its own through any sequence of edits, and undoes all of them", () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant("paint" as const),
        at: fc.array(fc.nat(11), { maxLength: 6 }),
        value: fc.nat(3),
      }),
      fc.constantFrom({ kind: "finish" as const }, { kind: "undo" as const }, { kind: "redo" as const }),
      fc.constantFrom({ kind: "checkpoint" as const }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const before = [0, 1, 2, 3, 0, 0, 1, 1, 2, 2, 0, 3];
        const { editor, saved } = edited(...before);
        for (const one of steps) {
          if (one.kind === "paint") editor.paint(one.at, one.value);
          else editor[one.kind]();
        }
        editor.finish();
        expect([...saved]).toEqual([...editor.mask.data]);
        while (editor.canUndo) editor.undo();
        expect([...saved]).toEqual(before);
      }),
    );
  });
});
