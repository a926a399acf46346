/** Files of PS3.10 taken apart and put together without looking into the data set. */
import type { Tag } from "./data-set.js";
import { emptyDataSet } from "./data-set.js";
import { setText } from "./set-values.js";
import { writeDicom } from "./write-dicom.js";

/** A data set as it goes over a network: without preamble and group 0002. */
export interface EncodedDataSet {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntax: string;
  readonly bytes: Uint8Array;
}

/** Preamble, `DICM`, and the element that holds the length of group 0002. */
const beforeMeta = 132 + 12;

/** Where the data set begins in a file that `writeDicom` made. */
function dataSetStart(file: Uint8Array): number {
  return (
    beforeMeta + new DataView(file.buffer, file.byteOffset, file.byteLength).getUint32(beforeMeta - 4, true)
  );
}

/** The data set of a file that `writeDicom` made. */
export const withoutHeader = (file: Uint8Array): Uint8Array => file.subarray(dataSetStart(file));

/** The bytes of a data set as a file, untouched. */
export function withHeader({
  sopClassUid,
  sopInstanceUid,
  transferSyntax,
  bytes,
}: EncodedDataSet): Uint8Array {
  const dataset = emptyDataSet();
  const uids: readonly (readonly [Tag, string])[] = [
    ["00080016", sopClassUid],
    ["00080018", sopInstanceUid],
  ];
  for (const [tag, uid] of uids) setText(dataset, tag, uid, "UI");
  const file = writeDicom({ meta: emptyDataSet(), dataset, transferSyntax, problems: [] });
  return Buffer.concat([file.subarray(0, dataSetStart(file)), bytes]);
}
