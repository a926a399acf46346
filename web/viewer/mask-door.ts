/** Where a mask is drawn: the routes of a case, or those of a reading in a reader study. */
import {
  versionHeader,
  type Opened,
  type OpenReading,
  type Stroke,
  type StrokeAnswer,
} from "../../src/reading/contract/index.js";
import { call, callForBytes } from "../api/client.js";

export interface OpenedMask {
  readonly token: string;
  /** Whose mask it is. */
  readonly reader: string;
  readonly others: Opened["others"];
}

export interface MaskDoor {
  readonly open: () => Promise<OpenedMask>;
  readonly voxels: (reader: string) => Promise<{ data: Uint8Array<ArrayBuffer>; version: number }>;
  readonly stroke: (body: Stroke, keepalive: boolean) => Promise<StrokeAnswer>;
  readonly close: (token: string) => Promise<unknown>;
}

const maskOf = ({ bytes, headers }: { bytes: ArrayBuffer; headers: Headers }) => ({
  data: new Uint8Array(bytes),
  version: Number(headers.get(versionHeader) ?? 0),
});

/** A case's mask: one's own or `reader`'s, copied from `from` where there is none yet. */
export function caseDoor(caseName: string, reader?: string, from?: string): MaskDoor {
  const at = { case: caseName };
  const body = { ...(reader !== undefined && { reader }), ...(from !== undefined && { from }) };
  return {
    open: () => call("open", { at, body }),
    voxels: async (whose) =>
      maskOf(await callForBytes("maskVoxels", { at: { ...at, source: `reader.${whose}` } })),
    stroke: (stroke, keepalive) => call("stroke", { at, body: stroke, keepalive }),
    close: (token) => call("close", { at, body: { token }, keepalive: true }),
  };
}

/** The mask of a reading, which the server has opened with it and closes with its end. */
export function readingDoor({ id, token }: OpenReading, user: string): MaskDoor {
  return {
    open: () => Promise.resolve({ token: token ?? "", reader: user, others: [] }),
    voxels: async () => maskOf(await callForBytes("readingMask", { at: { id, layer: "own" } })),
    stroke: (body, keepalive) => call("readingStroke", { at: { id }, body, keepalive }),
    close: () => Promise.resolve(undefined),
  };
}
