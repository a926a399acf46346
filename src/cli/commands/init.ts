import { Command } from "commander";
import { MarrowError } from "../../base/errors.js";
import { describeFinding } from "../../study/findings.js";
import { initStudy, type InitReport } from "../../study/import/init.js";
import { parseLabels } from "../../study/import/labels.js";
import { readNnunet } from "../../study/import/nnunet.js";
import { readPairs } from "../../study/import/pairs.js";
import type { Source } from "../../study/import/source.js";
import { readStudySource } from "../../study/import/study-source.js";
import { taskNamed } from "../../study/tasks.js";
import type { Finding } from "../../study/types.js";
import { countLine } from "../count-line.js";

interface Options {
  fromNnunet?: string;
  fromStudy?: string;
  images?: string;
  masks?: string;
  pattern?: string;
  task?: string;
  channels?: string;
  labels?: string;
  reader?: string;
  site?: string;
  link?: boolean;
}

/** `marrow init STUDY --from-nnunet DIR`, `--images DIR --masks DIR` or `--from-study DIR` */
export function initCommand(): Command {
  return new Command("init")
    .description("make a study folder from images and masks; running it again continues")
    .argument("<study>", "folder of the study, new or begun")
    .option("--from-nnunet <dir>", "nnU-Net raw folder: imagesTr, labelsTr, dataset.json, splits_final.json")
    .option("--images <dir>", "folder of images (.nii.gz, .nii, .hdr with .img)")
    .option("--masks <dir>", "folder of their masks, matched by file name")
    .option("--from-study <dir>", "another study folder, or any BIDS folder")
    .option("--pattern <regex>", "names a case in file names: groups id, subject, session, site")
    .option("--task <name>", "shipped task, gives labels and sequence (see `marrow tasks`)")
    .option("--channels <list>", "names of the sequences, e.g. T1w or T1w,STIR")
    .option("--labels <list>", "what the masks' values mean, e.g. 1=ilium,2=sacrum")
    .option("--reader <name>", "who drew the masks; the first reader's are the reference")
    .option("--site <name>", "centre the patients come from")
    .option("--link", "link to the originals instead of copying them")
    .action(run);
}

async function run(study: string, options: Options): Promise<void> {
  const source = await sourceOf(options);
  const { task, reader, site, link } = options;
  const report = await initStudy(study, source, {
    ...{ ...(task && { task }), ...(reader && { reader }), ...(site && { site }), ...(link && { link }) },
    ...(options.labels && { labels: parseLabels(options.labels) }),
    ...(options.channels && { channels: listOf(options.channels) }),
    onCase: countLine("cases"),
  });
  for (const finding of report.findings) console.log(describeFinding(finding));
  for (const line of summary(study, report)) console.log(line);
  if (report.findings.some(({ severity }) => severity === "error")) process.exitCode = 1;
}

const listOf = (text: string) => text.split(",").map((part) => part.trim());

/** Exactly one source. */
function sourceOf({
  fromNnunet,
  images,
  masks,
  fromStudy,
  pattern,
  task,
  channels,
}: Options): Promise<Source> {
  const given = [fromNnunet, images, fromStudy].filter((dir) => dir !== undefined);
  if (given.length !== 1)
    throw new MarrowError("BAD_ARGUMENT", {
      expected: "one of --from-nnunet, --images (with --masks) and --from-study",
      found: `${given.length} of them`,
    });
  if (fromNnunet !== undefined) return readNnunet(fromNnunet, { ...(pattern !== undefined && { pattern }) });
  if (images !== undefined) return readPairs(images, masks, { ...(pattern !== undefined && { pattern }) });
  const ofTask = task === undefined ? undefined : taskNamed(task).channels;
  const wanted = channels === undefined ? ofTask : listOf(channels);
  return readStudySource(fromStudy as string, wanted);
}

function summary(study: string, { config, cases, masks, added, kept, findings }: InitReport): string[] {
  const count = (severity: Finding["severity"]) => findings.filter((one) => one.severity === severity).length;
  return [
    `${study}: ${cases} cases, ${masks} with a mask; ${added} files added, ${kept} were there.`,
    `Sequences ${config.channels.join(", ")}; labels ${config.labels.map(({ value, name }) => `${value} ${name}`).join(", ")}.`,
    `${count("error")} errors, ${count("warning")} warnings. Research use only.`,
    `Next: marrow check ${study}`,
  ];
}
