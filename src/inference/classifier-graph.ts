/** The inference graph of a planned classifier: image, ROI and clinical numbers in, one logit out. */
import { input, type Shape, type Tensor } from "../autograd/tensor.js";
import { MarrowError } from "../base/errors.js";
import { Layers } from "../networks/layers.js";
import { networkOptions, tensorAxes } from "../networks/plan-options.js";
import { networkNamed } from "../networks/registry.js";
import { withRoiMap } from "../networks/roi-map.js";
import type { Classification } from "../study/classification-schema.js";
import { numbersPerVariable } from "../study/clinical.js";
import type { Plan } from "../study/types.js";

export interface ClassifierGraph {
  readonly layers: Layers;
  /** `image` [1, channels, …patch], `roi` [1, …patch] (uint8), and `clinical` [1, numbers] where there are any. */
  readonly inputs: ReadonlyMap<string, Shape>;
  /** Image and ROI map together, as the network sees them. */
  readonly seen: Tensor;
  /** [1, 1] */
  readonly logit: Tensor;
}

/** The section on classification of a classifier's plan. Throws PLAN_INVALID where there is none. */
export function classificationOf({ classification }: Plan): Classification {
  if (!classification) throw new MarrowError("PLAN_INVALID", { expected: "a section `classification`" });
  return classification;
}

/** Numbers that the plan's clinical variables give. */
export function clinicalCount({ clinical }: Classification): number {
  return clinical.length * numbersPerVariable;
}

/** The graph of the plan's first network. `see` may change what the network sees, e.g. scale it. */
export function classifierGraph(plan: Plan, see: (seen: Tensor) => Tensor = (seen) => seen): ClassifierGraph {
  const planned = plan.networks[0];
  const network = networkNamed(planned.name);
  const classification = classificationOf(plan);
  const layers = new Layers(false);
  const patch = tensorAxes(plan.patch, network.dimensions);
  const image = input("image", [1, plan.channels.length, ...patch]);
  const roi = input("roi", [1, ...patch], "uint8");
  const numbers = clinicalCount(classification);
  const clinical = numbers > 0 ? input("clinical", [1, numbers]) : undefined;
  const seen = see(withRoiMap(image, roi, classification.roiMap));
  const { logits: logit } = network.build(layers, seen, networkOptions(planned, 1), clinical);
  const inputs = [image, roi, ...(clinical ? [clinical] : [])];
  return { layers, inputs: new Map(inputs.map(({ name = "", shape }) => [name, shape])), seen, logit };
}
