/** plan.yaml: reading it, and writing it with the reason beside each entry. A plan edited by hand is never overwritten. */
import { createHash } from "node:crypto";
import { MarrowError } from "../base/errors.js";
import { networkNamed } from "../networks/registry.js";
import { formatCommentedYaml } from "./commented-yaml.js";
import { parseYaml } from "./config.js";
import { exists, parseWith, readText, writeText } from "./files.js";
import { referenceChannel } from "./normalise.js";
import type { DerivedPlan } from "./plan.js";
import { planSchema, type Plan } from "./types.js";

/** Throws PLAN_INVALID with every fault, NETWORK_UNKNOWN. */
export async function readPlan(file: string): Promise<Plan> {
  const plan = parseWith(
    planSchema,
    parseYaml(await readText(file), file, "PLAN_INVALID"),
    "PLAN_INVALID",
    file,
  );
  checkPlan(plan, file);
  return plan;
}

/** What the schema cannot say: a reference among the channels, whole patches that the poolings divide, one width a level. */
function checkPlan(plan: Plan, file: string): void {
  const refuse = (expected: string, found: string): never => {
    throw new MarrowError("PLAN_INVALID", { file, expected, found });
  };
  referenceChannel(plan, file);
  for (const network of plan.networks) {
    const { name, features, pooling, kernels } = network;
    const { divisor, dimensions, hasPlannedDepth, features: paperFeatures } = networkNamed(name);
    const patch = network.patch ?? plan.patch;
    if (pooling && features.length < pooling.length + 1)
      refuse(`${name}: ${pooling.length + 1} features for ${pooling.length} poolings`, `${features.length}`);
    if (!hasPlannedDepth && features.length !== paperFeatures.length)
      refuse(
        `${name}: ${paperFeatures.length} features, as in ${paperFeatures.join(", ")}`,
        `${features.length}`,
      );
    if (dimensions === 3 && network.contextSlices > 0)
      refuse(`${name}: no contextSlices, since a 3-D network sees them anyway`, `${network.contextSlices}`);
    if (pooling && kernels && kernels.length !== pooling.length + 1)
      refuse(`${name}: ${pooling.length + 1} kernels for ${pooling.length} poolings`, `${kernels.length}`);
    if (dimensions === 2 && patch[2] !== 1)
      refuse(`${name}: a patch of one slice (k = 1)`, patch.join(" × "));
    const tensor = (triple: readonly number[]) => [...triple].reverse().slice(3 - dimensions);
    const factors = divisor({
      classes: plan.labels.length + 1,
      features,
      ...(pooling && { pooling: pooling.map(tensor) }),
      ...(kernels && { kernels: kernels.map(tensor) }),
    });
    if (tensor(patch).some((n, axis) => n < 1 || n % factors[axis] !== 0))
      refuse(
        `${name}: a patch divisible by ${[...factors].reverse().join(", ")} along i, j, k`,
        patch.join(" × "),
      );
  }
}

const title = " Plan of a Marrow study. Edit what you like: an edited plan is kept. Research use only.";

/** YAML text of a plan: a comment above each entry says why it is as it is. */
export function formatPlan({ plan, why }: DerivedPlan): string {
  const body = formatCommentedYaml(plan, why);
  return `#${title}\n# made ${digest(body)}\n${body}`;
}

const digest = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 16);

/** True where the text is not what formatPlan once wrote. */
export function isEdited(text: string): boolean {
  const match = /^#.*\n# made ([0-9a-f]{16})\n/.exec(text.replace(/\r\n/g, "\n"));
  return match === null || digest(text.replace(/\r\n/g, "\n").slice(match[0].length)) !== match[1];
}

/** Writes plan.yaml. Throws PLAN_EDITED where one edited by hand is there, unless forced. */
export async function writePlan(file: string, derived: DerivedPlan, force = false): Promise<void> {
  if (!force && (await exists(file)) && isEdited(await readText(file)))
    throw new MarrowError("PLAN_EDITED", { file });
  await writeText(file, formatPlan(derived));
}
