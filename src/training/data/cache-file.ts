/**
 * One prepared case on disk: `<id>-<key>.bin` (float32 channels, int32 foreground voxels, uint8 mask, in the machine's byte
 * order, one after the other) beside `<id>-<key>.json`, which describes it.
 */
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { asMarrowError, MarrowError } from "../../base/errors.js";
import type { ForegroundVoxels, Prepared } from "./prepared.js";

/** Raised whenever preprocessing changes its result or the file its form. */
export const formatVersion = 1;

/** What the .json file says. */
export interface Description {
  version: typeof formatVersion;
  id: string;
  size: [number, number, number];
  affine: number[];
  channelCount: number;
  foreground: { label: number; count: number }[];
  bytes: number;
  sha256: string;
}

/** A case that lies in the cache, whole and checked. */
export interface CachedCase {
  readonly id: string;
  /** The .bin file. */
  readonly file: string;
  readonly description: Description;
}

/** The content of both files. */
export function pack(prepared: Prepared): { bytes: Uint8Array; description: Description } {
  const parts = [prepared.channels, ...prepared.foreground.map(({ voxels }) => voxels), prepared.mask];
  const bytes = Buffer.concat(
    parts.map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength)),
  );
  const { id, size, affine, channelCount, foreground } = prepared;
  return {
    bytes,
    description: {
      version: formatVersion,
      id,
      size: [...size],
      affine: [...affine],
      channelCount,
      foreground: foreground.map(({ label, voxels }) => ({ label, count: voxels.length })),
      bytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    },
  };
}

/**
 * Loads a cached case. With `shared` its voxels lie in memory that worker threads can see. Throws FILE_NOT_FOUND,
 * FILE_UNREADABLE, and CACHE_DAMAGED where the file shrank since it was checked.
 */
export function loadPrepared({ file, description }: CachedCase, shared = false): Prepared {
  const { bytes } = description;
  const buffer = shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
  const found = readInto(file, new Uint8Array(buffer));
  if (found !== bytes)
    throw new MarrowError("CACHE_DAMAGED", { file, expected: `${bytes} bytes`, found: `${found}` });
  return unpack(buffer, description);
}

function readInto(file: string, target: Uint8Array): number {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, "r");
    let filled = 0;
    for (let got = 1; got > 0 && filled < target.length; filled += got) {
      got = readSync(descriptor, target, filled, Math.min(target.length - filled, 1 << 30), null);
    }
    return filled;
  } catch (error) {
    throw asMarrowError(error, file);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function unpack(buffer: ArrayBufferLike, description: Description): Prepared {
  const { id, size, affine, channelCount } = description;
  const voxels = size[0] * size[1] * size[2];
  let offset = 4 * voxels * channelCount;
  const foreground: ForegroundVoxels[] = description.foreground.map(({ label, count }) => {
    offset += 4 * count;
    return { label, voxels: new Int32Array(buffer, offset - 4 * count, count) };
  });
  const channels = new Float32Array(buffer, 0, voxels * channelCount);
  return {
    id,
    channels,
    channelCount,
    mask: new Uint8Array(buffer, offset, voxels),
    size,
    affine,
    foreground,
  };
}
