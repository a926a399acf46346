/** What a rule of the rewrite is, and what it may ask. */
import type { Shape, Tensor } from "../tensor.js";

/** What a rule may ask about the graph and its rewritten values. */
export interface Context {
  /** Channels in a block. */
  readonly block: number;
  /** Whether channels of this shape are whole blocks. */
  fits(shape: Shape): boolean;
  /** Whether t is computed blocked. */
  isBlocked(t: Tensor): boolean;
  isUsedOnce(t: Tensor): boolean;
  /** The new value of t, in either order. */
  plain(t: Tensor): Tensor;
  blocked(t: Tensor): Tensor;
}

/** The new value of a node, or undefined where it stays plain. */
export type Rule = (
  t: Tensor,
  context: Context,
) => { readonly blocked: Tensor } | { readonly plain: Tensor } | undefined;
