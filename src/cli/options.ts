/** Options that several commands share. */
import { Option } from "commander";

export function deviceOption(): Option {
  return new Option("--device <device>", "where to compute").choices(["cpu", "webgpu", "cuda", "coreml", "dml"]).default("cpu");
}
