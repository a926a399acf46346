/** marrow.yaml: reading it, and writing it with an explanation of each entry. */
import { join } from "node:path";
import { parse, YAMLParseError } from "yaml";
import { MarrowError, type ErrorCode } from "../base/errors.js";
import { formatCommentedYaml } from "./commented-yaml.js";
import { exists, parseWith, readText, writeText } from "./files.js";
import { places } from "./names.js";
import { studyConfigSchema, type StudyConfig } from "./types.js";

/** Value of a YAML text. Throws `code` with line and column where it cannot be parsed. */
export function parseYaml(text: string, file: string, code: ErrorCode): unknown {
  try {
    return parse(text) as unknown;
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    throw new MarrowError(code, { file, found: error.message.split("\n")[0] });
  }
}

/** Throws STUDY_NOT_FOUND, or STUDY_CONFIG with every fault. */
export async function readConfig(dir: string): Promise<StudyConfig> {
  const file = join(dir, places.config);
  if (!(await exists(file)))
    throw new MarrowError("STUDY_NOT_FOUND", { file: dir, expected: `a folder with ${places.config}` });
  const config = parseWith(
    studyConfigSchema,
    parseYaml(await readText(file), file, "STUDY_CONFIG"),
    "STUDY_CONFIG",
    file,
  );
  refuseDoubles(config, file);
  return config;
}

function refuseDoubles({ labels, channels }: StudyConfig, file: string): void {
  const lists: (string | number)[][] = [
    labels.map(({ value }) => value),
    labels.map(({ name }) => name),
    channels,
  ];
  for (const list of lists) {
    const double = list.find((item, n) => list.indexOf(item) !== n);
    if (double !== undefined)
      throw new MarrowError("STUDY_CONFIG", { file, found: `${double} stands there twice` });
  }
}

const explanations: Readonly<Record<keyof StudyConfig, string>> = {
  task: "What is segmented; `marrow tasks` lists the shipped tasks, any other name is a task of your own.",
  reader: "Folder in derivatives/annotations whose masks are the reference.",
  channels: "Ending of the image files that are fed to a network, one per channel.",
  labels: "Values in the masks; 0 is background. Names: lower-case words joined by hyphens.",
};

export async function writeConfig(dir: string, config: StudyConfig): Promise<void> {
  const body = formatCommentedYaml(config, explanations);
  await writeText(join(dir, places.config), `# A Marrow study. Research use only.\n${body}`);
}
