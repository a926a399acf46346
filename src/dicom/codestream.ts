/**
 * What a compressed frame says of its own size, read before a decoder sees it: damaged headers would make decoders reserve
 * gigabytes.
 */
import type { Codec } from "./transfer-syntax.js";

export interface CodestreamSize {
  readonly rows: number;
  readonly columns: number;
  readonly samples: number;
}

/** Size in the codestream's header; undefined where there is no header that makes sense. RLE has none. */
export function codestreamSize(codec: Codec, bytes: Uint8Array): CodestreamSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return codec.endsWith("jpeg-2000") ? jpeg2000Size(view) : jpegSize(view);
}

/** SIZ follows SOC (ISO/IEC 15444-1 annex A.5.1); a JP2 file around the codestream is skipped over. */
function jpeg2000Size(view: DataView): CodestreamSize | undefined {
  const start = findSoc(view);
  if (start === undefined || start + 44 > view.byteLength) return undefined;
  const at = (offset: number) => view.getUint32(start + offset);
  const [tileWidth, tileHeight] = [at(24), at(28)];
  if (tileWidth === 0 || tileHeight === 0) return undefined;
  const columns = at(8) - at(16);
  const rows = at(12) - at(20);
  const tiles = Math.ceil(columns / tileWidth) * Math.ceil(rows / tileHeight);
  if (tiles > mostTiles) return undefined;
  return { columns, rows, samples: view.getUint16(start + 40) };
}

/** A decoder keeps a structure for each tile. */
const mostTiles = 4096;

function findSoc(view: DataView): number | undefined {
  for (let at = 0; at + 4 <= Math.min(view.byteLength, 4096); at++)
    if (view.getUint32(at) === 0xff4fff51) return at;
  return undefined;
}

/** SOF0 to SOF3 of JPEG, SOF55 of JPEG-LS (ISO/IEC 10918-1 annex B.2.2, 14495-1 annex C). */
const frameMarkers = [0xc0, 0xc1, 0xc2, 0xc3, 0xf7];

function jpegSize(view: DataView): CodestreamSize | undefined {
  let at = 2;
  while (at + 10 <= view.byteLength) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (frameMarkers.includes(marker))
      return {
        rows: view.getUint16(at + 5),
        columns: view.getUint16(at + 7),
        samples: view.getUint8(at + 9),
      };
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}
