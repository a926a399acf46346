/** Of node:module what src/dicom takes: `createRequire` for two packages, which are bundled here. */
import * as dcmjs from "dcmjs";
import * as codecs from "dcmjs-codecs";
import wasm from "dcmjs-codecs/build/dcmjs-native-codecs.wasm?url";

interface Loader {
  _getWebAssemblyBytes?: () => Promise<ArrayBuffer>;
}

// The package fetches through `eval`, which the page's policy forbids.
(codecs.NativeCodecs as Loader)._getWebAssemblyBytes = async () => (await fetch(wasm)).arrayBuffer();

const packages: Readonly<Record<string, unknown>> = { dcmjs, "dcmjs-codecs": codecs };

export const createRequire = () => (name: string) => packages[name];
