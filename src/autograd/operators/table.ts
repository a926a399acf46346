/** Every operator there is: shape rule, ONNX emission and gradient rule, by name. */
import type { Operator } from "../tensor.js";
import { rows as blocks } from "./blocks.js";
import { rows as convolution } from "./convolution.js";
import { rows as elementwise } from "./elementwise.js";
import { rows as normalise } from "./normalise.js";
import { rows as matmul } from "./matmul.js";
import { rows as points } from "./points.js";
import { rows as pooling } from "./pooling.js";
import { rows as reduction } from "./reduction.js";
import { rows as shape } from "./shape.js";
import { rows as softmax } from "./softmax.js";

export const operators = {
  ...elementwise,
  ...shape,
  ...blocks,
  ...reduction,
  ...matmul,
  ...convolution,
  ...pooling,
  ...points,
  ...normalise,
  ...softmax,
} satisfies Record<string, Operator>;

export type OperatorName = keyof typeof operators;
