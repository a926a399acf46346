/**
 * Reads the tensors of a PyTorch checkpoint (`torch.save` since version 1.6: a zip archive of a pickle and one file for
 * each storage) or of a safetensors file. Nothing in the file is run: see pickle.ts.
 */
import { readFile } from "node:fs/promises";
import { decodeSafetensors, type SafeTensor } from "../../autograd/safetensors.js";
import { asMarrowError, MarrowError } from "../../base/errors.js";
import { type Calls, Global, readPickle } from "./pickle.js";
import { storedEntries } from "./stored-zip.js";
import { elementTypes, Storage, StoredTensor } from "./tensors.js";

export type StateDict = ReadonlyMap<string, SafeTensor>;

/** Keys under which training scripts put the weights. */
const wrappers = ["state_dict", "model_state_dict", "model", "network_weights", "net", "weights"];
/** Put before every name by torch's parallel and compiling wrappers. */
const prefixes = ["module.", "_orig_mod."];

/** Tensors by name. Throws WEIGHTS_INVALID, WEIGHTS_UNSAFE, SAFETENSORS_INVALID, and as reading a file does. */
export async function readStateDict(file: string): Promise<StateDict> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw asMarrowError(error, file);
  });
  const begin = [...bytes.subarray(0, 2)];
  if (begin[0] === 0x50 && begin[1] === 0x4b) return fromArchive(bytes, file);
  if (begin[0] === 0x80) throw old(file, "a bare pickle, as torch.save wrote before version 1.6");
  if (file.endsWith(".safetensors")) return withoutPrefix(decodeSafetensors(bytes, file).tensors);
  throw new MarrowError("WEIGHTS_INVALID", {
    file,
    expected: "a .safetensors file, or a .pth file of torch.save",
  });
}

function old(file: string, found: string): MarrowError {
  const next =
    "Load the file in PyTorch where you trust it, and write it again with torch.save or safetensors.";
  return new MarrowError("WEIGHTS_INVALID", { file, found, next });
}

function fromArchive(bytes: Uint8Array, file: string): StateDict {
  const fail = (found: string) => new MarrowError("WEIGHTS_INVALID", { file, found });
  const entries = storedEntries(bytes, file);
  const pickle = [...entries.keys()].find((name) => /^([^/]+\/)?data\.pkl$/.test(name));
  if (pickle === undefined) throw fail("a zip archive without data.pkl, so none of torch.save");
  const folder = pickle.slice(0, -"data.pkl".length);
  const order = entries.get(`${folder}byteorder`);
  if (order && new TextDecoder().decode(order) !== "little") throw fail("numbers in big-endian order");
  const value = readPickle(entries.get(pickle) ?? new Uint8Array(), {
    calls: callsOf(file),
    names: new Set(Object.keys(elementTypes)),
    persistent: (id) => storageOf(id, (key) => entries.get(`${folder}data/${key}`), fail),
    file,
  });
  const tensors = tensorsIn(value);
  if (tensors.size === 0) throw fail("no tensors by name");
  return withoutPrefix(new Map([...tensors].map(([name, tensor]) => [name, tensor.read()])));
}

/** All that may be called: making a tensor or a dictionary. */
function callsOf(file: string): Calls {
  const rebuild = ([storage, offset, shape, strides]: readonly unknown[]) => {
    if (!(storage instanceof Storage) || !isNumbers(shape) || !isNumbers(strides))
      throw new MarrowError("WEIGHTS_INVALID", { file, found: "a tensor without a storage" });
    const tensor = new StoredTensor(storage, Number(offset), shape, strides);
    if (tensor.fault !== undefined)
      throw new MarrowError("WEIGHTS_INVALID", { file, found: `a tensor with ${tensor.fault}` });
    return tensor;
  };
  return {
    "torch._utils._rebuild_tensor_v2": rebuild,
    "torch._utils._rebuild_tensor": rebuild,
    "torch._utils._rebuild_parameter": ([tensor]) => tensor,
    "collections.OrderedDict": () => new Map(),
    "torch.Size": ([sizes]) => sizes,
  };
}

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => typeof n === "number");

/** A persistent id is ("storage", class, key, device, count). */
function storageOf(
  id: unknown,
  entry: (key: string) => Uint8Array | undefined,
  fail: (found: string) => MarrowError,
): Storage {
  const [kind, type, key, , count] = Array.isArray(id) ? (id as unknown[]) : [];
  const element = type instanceof Global ? elementTypes[type.name] : undefined;
  if (kind !== "storage" || !element || typeof key !== "string") throw fail("a reference to no storage");
  const bytes = entry(key);
  if (!bytes) throw fail(`no data of storage ${key.slice(0, 40)}`);
  if (bytes.length !== Number(count) * element.bytes)
    throw fail(`${bytes.length} bytes for ${String(count)} numbers of storage ${key.slice(0, 40)}`);
  return new Storage(element, bytes);
}

/** The dictionary of tensors: the value itself, or what lies under one of the usual keys. */
function tensorsIn(value: unknown, depth = 0): ReadonlyMap<string, StoredTensor> {
  // A dictionary may hold itself.
  if (!(value instanceof Map) || depth > wrappers.length) return new Map<string, StoredTensor>();
  const found = [...value].filter(
    (pair): pair is [string, StoredTensor] => typeof pair[0] === "string" && pair[1] instanceof StoredTensor,
  );
  if (found.length > 0) return new Map(found);
  const inner = wrappers.find((key) => value.get(key) instanceof Map);
  return inner === undefined ? new Map<string, StoredTensor>() : tensorsIn(value.get(inner), depth + 1);
}

function withoutPrefix(tensors: StateDict): StateDict {
  const prefix = prefixes.find((one) => [...tensors.keys()].every((name) => name.startsWith(one)));
  if (prefix === undefined || tensors.size === 0) return tensors;
  return withoutPrefix(new Map([...tensors].map(([name, tensor]) => [name.slice(prefix.length), tensor])));
}
