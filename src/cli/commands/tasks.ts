import { Command } from "commander";
import { tasks } from "../../study/tasks.js";

/** `marrow tasks [--json]` */
export function tasksCommand(): Command {
  return new Command("tasks")
    .description("list the shipped tasks")
    .option("--json", "all that a task prescribes, as JSON")
    .action(run);
}

function run({ json = false }: { json?: boolean }): void {
  if (json) return console.log(JSON.stringify(tasks, null, 1));
  for (const { name, title, channels, labels, folds, source } of tasks) {
    const named = labels.map(
      (label) => `${label.value} ${label.name}${label.snomed ? ` (SNOMED CT ${label.snomed})` : ""}`,
    );
    console.log(`${name}\n  ${title}`);
    console.log(`  sequence ${channels.join(", ")}; labels ${named.join(", ")}; ${folds} folds`);
    console.log(`  numbers: ${source}\n`);
  }
  console.log("Use one with `marrow init STUDY … --task NAME`. Research use only.");
}
