/** What the page and its worker tell each other. A worker segments once and is then ended, which gives its memory back. */
import type { Mask, Volume } from "../src/volume/volume.js";
import type { RungName } from "./rungs.js";

export interface Order {
  readonly rung: RungName;
  /** Folder of ONNX Runtime's files. */
  readonly runtime: string;
  /** Exported models, averaged. */
  readonly models: readonly File[];
  /** One image per channel. */
  readonly images: readonly Volume[];
  readonly fast: boolean;
}

export type Answer =
  | { readonly kind: "progress"; readonly share: number }
  | { readonly kind: "mask"; readonly mask: Mask }
  | {
      readonly kind: "failed";
      readonly code: string;
      readonly message: string;
      /** It was the way of computing that failed: the next one may work. */
      readonly byRuntime: boolean;
    };
