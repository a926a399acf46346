/**
 * A place that files are imported from: a folder (with the contents of zip archives in it), a zip archive, the files a
 * DICOMDIR lists, or a single file.
 */
import { open, readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { asMarrowError, MarrowError } from "../base/errors.js";
import { directoryFiles, isDirectory } from "./dicomdir.js";
import { readDicom } from "./read-dicom.js";
import { openZip, type ZipArchive } from "./zip.js";

export interface DicomSource {
  /** Names of the files, sorted; paths below the source. */
  readonly names: readonly string[];
  /** Files that a DICOMDIR lists and that are not there. */
  readonly missing: readonly string[];
  /** Bytes of a file, gzip unpacked. Throws FILE_UNREADABLE, ZIP_DAMAGED, DICOM_TOO_LARGE, DICOM_DAMAGED. */
  readonly read: (name: string) => Promise<Uint8Array>;
  readonly close: () => Promise<void>;
}

const largest = 2 ** 31 - 1;

/** Opens what `path` names. Throws FILE_NOT_FOUND, FILE_UNREADABLE, ZIP_DAMAGED, DICOM_DAMAGED. */
export async function openSource(path: string): Promise<DicomSource> {
  const root = resolve(path);
  const about = await stat(root).catch((error: unknown) => Promise.reject(asMarrowError(error, path)));
  if (about.isDirectory()) return withArchives(root, await filesBelow(root));
  if (await startsWith(root, "PK\u0003\u0004")) return zipSource(path);
  if (/^DICOMDIR/i.test(basename(root))) return directorySource(root);
  return folderSource(dirname(root), [basename(root)]);
}

async function startsWith(file: string, sign: string): Promise<boolean> {
  const handle = await open(file).catch((error: unknown) => Promise.reject(asMarrowError(error, file)));
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString("latin1", 0, bytesRead) === sign;
  } finally {
    await handle.close();
  }
}

async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

function folderSource(root: string, names: readonly string[], missing: readonly string[] = []): DicomSource {
  return {
    names,
    missing,
    read: async (name) => unpacked(await fileBytes(join(root, name), name), name),
    close: async () => undefined,
  };
}

/** A folder's files, and of each `.zip` what is in it: `scans/a.zip/1`. An archive that cannot be opened is a file like others. */
async function withArchives(root: string, names: readonly string[]): Promise<DicomSource> {
  const folder = folderSource(root, names);
  const archives = new Map<string, ZipArchive>();
  for (const name of names.filter((one) => /\.zip$/i.test(one))) {
    const archive = await openZip(join(root, name)).catch(() => undefined);
    if (archive) archives.set(name, archive);
  }
  if (archives.size === 0) return folder;
  const inside = new Map(
    [...archives].flatMap(([name, zip]) => zip.names.map((entry) => [join(name, entry), { zip, entry }])),
  );
  return {
    names: [...names.filter((name) => !archives.has(name)), ...inside.keys()].sort(),
    missing: [],
    read: async (name) => {
      const packed = inside.get(name);
      return packed ? unpacked(await packed.zip.read(packed.entry), name) : folder.read(name);
    },
    close: async () => {
      for (const archive of archives.values()) await archive.close();
    },
  };
}

async function fileBytes(path: string, name: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > largest) throw new MarrowError("DICOM_TOO_LARGE", { file: name, found: `${size} bytes` });
    return await readFile(path);
  } catch (error) {
    throw asMarrowError(error, name);
  }
}

/** Scanners' archives often hold each file gzipped. */
function unpacked(bytes: Uint8Array, file: string): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: largest });
  } catch (cause) {
    throw new MarrowError("DICOM_DAMAGED", { file, found: "damaged gzip data", cause });
  }
}

async function zipSource(path: string): Promise<DicomSource> {
  const zip = await openZip(path);
  return {
    names: [...zip.names].sort(),
    missing: [],
    read: async (name) => unpacked(await zip.read(name), name),
    close: zip.close,
  };
}

/** The files a DICOMDIR refers to; their names' case is often changed by the medium's file system. */
async function directorySource(path: string): Promise<DicomSource> {
  const root = dirname(path);
  const directory = readDicom(await fileBytes(path, basename(path)), path);
  if (!isDirectory(directory))
    throw new MarrowError("DICOM_DAMAGED", { file: path, expected: "a DICOMDIR with directory records" });
  const there = new Map((await filesBelow(root)).map((name) => [plain(name), name]));
  const listed = directoryFiles(directory);
  const found = listed.flatMap((name) => there.get(plain(name)) ?? []);
  const missing = listed.filter((name) => !there.has(plain(name)));
  return folderSource(root, [...new Set(found)].sort(), missing);
}

const plain = (name: string) => name.replaceAll("\\", "/").toLowerCase();
