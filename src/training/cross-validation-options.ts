/** What a cross-validation is told, of segmentation networks and classifiers alike. */
import type { Device } from "../autograd/runtime.js";
import type { Study } from "../study/types.js";
import type { TrainListener } from "./train-options.js";

export interface CrossValidationOptions {
  readonly study: Study;
  readonly networks: readonly string[];
  readonly folds: readonly number[];
  /** Name of the run's folder; with several networks their names are appended. Default: the network's name. */
  readonly run?: string;
  readonly seed: number;
  readonly device: Device;
  readonly threads?: number;
  readonly workers?: number;
  /** Minutes for each network and fold. */
  readonly minutes?: number;
  readonly epochs?: number;
  readonly fineTune?: string;
  /** False trains and predicts the folds alone, where others train the rest at the same time. Default: true. */
  readonly summary?: boolean;
  readonly signal?: AbortSignal;
  readonly listener?: CrossValidationListener;
  readonly provenance?: Readonly<Record<string, unknown>>;
}

export interface CrossValidationListener extends TrainListener {
  onPrepare?: (done: number, total: number) => void;
  onFold?: (network: string, fold: number) => void;
  onPredict?: (done: number, total: number) => void;
}
