/** What a classifier is shown: the image and its ROI map, concatenated (paper 1, "Development of the classification model"). */
import { cast, minimum, mul } from "../autograd/operators/elementwise.js";
import { concat, reshape } from "../autograd/operators/shape.js";
import { scalar, type Tensor } from "../autograd/tensor.js";

/** The map is the image inside the ROI and 0 outside, or the ROI itself. */
export type RoiMap = "image" | "mask";

/** Channels of image and map together. */
export function channelsWithRoi(channels: number, map: RoiMap): number {
  return map === "image" ? 2 * channels : channels + 1;
}

/** Image [N, C, D, H, W] and ROI [N, D, H, W] (uint8, anything above 0 is inside) → [N, C + map, D, H, W]. */
export function withRoiMap(image: Tensor, roi: Tensor, map: RoiMap): Tensor {
  const [batch = 1, ...spatial] = roi.shape;
  const inside = minimum(cast(reshape(roi, [batch, 1, ...spatial]), "float32"), scalar(1));
  return concat([image, map === "image" ? mul(image, inside) : inside], 1);
}
