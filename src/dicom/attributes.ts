/**
 * Attributes of one frame, wherever they stand. Enhanced images keep them in functional groups, per frame or shared
 * (PS3.3 section C.7.6.16); classic ones at the top. Later layers are asked when earlier ones have nothing.
 */
import type { DataSet, Tag } from "./data-set.js";
import * as values from "./values.js";
import type { Vr } from "./vr.js";

export class Attributes {
  constructor(readonly layers: readonly DataSet[]) {}

  text(tag: Tag): string | undefined {
    return this.first((layer) => values.text(layer, tag));
  }

  texts(tag: Tag): readonly string[] {
    return this.first((layer) => nonEmpty(values.texts(layer, tag))) ?? [];
  }

  number(tag: Tag, vr?: Vr): number | undefined {
    return this.first((layer) => values.number(layer, tag, vr));
  }

  /** Exactly `count` numbers, or undefined. */
  numbers(tag: Tag, count: number, vr?: Vr): readonly number[] | undefined {
    return this.first((layer) => {
      const found = values.numbers(layer, tag, vr);
      return found.length === count ? found : undefined;
    });
  }

  bytes(tag: Tag): Uint8Array | undefined {
    return this.first((layer) => values.bytesOf(layer, tag));
  }

  private first<T>(get: (layer: DataSet) => T | undefined): T | undefined {
    for (const layer of this.layers) {
      const found = get(layer);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

const nonEmpty = <T>(list: readonly T[]) => (list.length ? list : undefined);

const sharedGroups = "52009229";
const frameGroups = "52009230";
/** Philips keeps the attributes of a classic image of each frame in a private sequence. */
const philipsFrame = "2005140F";

/** Number of frames with functional groups of their own; 0 for a classic image. */
export function frameGroupCount(dataset: DataSet): number {
  return values.items(dataset, frameGroups).length;
}

/** Attributes of frame `n`: its own groups, the shared ones, the data set, Philips' private copy. */
export function frameAttributes(dataset: DataSet, n: number): Attributes {
  const own = values.items(dataset, frameGroups).at(n);
  const shared = values.items(dataset, sharedGroups).at(0);
  const groups = [own, shared].flatMap((group) => (group ? groupItems(group, 2) : []));
  const philips = [own, shared].flatMap((group) => (group ? values.items(group, philipsFrame) : []));
  return new Attributes([...groups, dataset, ...philips]);
}

/** First items of all sequences in a functional group, and of the sequences in those. */
function groupItems(group: DataSet, depth: number): DataSet[] {
  if (depth === 0) return [];
  const direct = [...group.elements].flatMap(([tag, element]) =>
    tag !== philipsFrame && "items" in element && element.items.length ? [element.items[0]] : [],
  );
  return [...direct, ...direct.flatMap((one) => groupItems(one, depth - 1))];
}
