import { describe, expect, it } from "vitest";
import { taskNamed, taskOf, tasks } from "../../src/study/tasks.js";
import { studyConfigSchema } from "../../src/study/types.js";

describe("tasks", () => {
  it("ships the four of the design", () => {
    expect(tasks.map(({ name }) => name)).toEqual(["sij-fat", "hip-inflammation", "sij-oedema", "bones"]);
  });

  it.each(tasks)("$name can stand in marrow.yaml", ({ name, channels, labels }) => {
    const config = studyConfigSchema.parse({ task: name, reader: "r", channels, labels });
    expect(taskOf(config)).toMatchObject({ name, labels });
    expect(taskNamed(name).quantification.length).toBeGreaterThan(0);
  });

  it("lets a study have its own labels for a shipped task, and a task of its own", () => {
    const labels = [{ value: 3, name: "sacrum" }];
    expect(taskOf({ task: "bones", reader: "r", channels: ["STIR"], labels })).toMatchObject({
      folds: 4,
      channels: ["STIR"],
      labels,
    });
    expect(taskOf({ task: "knee", reader: "r", channels: ["PDw"], labels })).toMatchObject({
      name: "knee",
      plan: {},
    });
  });

  it("lists the tasks for an unknown name", () =>
    expect(() => taskNamed("knee")).toThrow(/TASK_UNKNOWN[\s\S]*sij-fat/));
});
