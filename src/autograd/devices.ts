/** Which devices work on this machine, and why not: every one is tried. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { workerUrl } from "../base/worker-url.js";
import type { Trial } from "./device-trial.js";
import { type Device, deviceNames } from "./runtime.js";

interface DeviceInfo {
  readonly what: string;
  /** Operating systems that have it (Node's names); default: all. */
  readonly systems?: readonly NodeJS.Platform[];
  /** What makes it work, by what its failure says; the first that fits. */
  readonly cures: readonly (readonly [symptom: RegExp, cure: string])[];
}

const updateDriver = "install or update the graphics driver";

export const deviceTable: Readonly<Record<Device, DeviceInfo>> = {
  cpu: { what: "the processor", cures: [] },
  webgpu: {
    what: "any graphics card, through Vulkan, Direct3D 12 or Metal",
    cures: [
      [/libvulkan/, "install the Vulkan loader (Debian: libvulkan1) and the graphics driver"],
      [/adapter/i, updateDriver],
    ],
  },
  cuda: {
    what: "Nvidia cards",
    systems: ["linux", "win32"],
    cures: [
      [
        /shared library|cannot open|not found/i,
        "ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js; CUDA 12 and cuDNN 9 must be there",
      ],
      [/CUDA|cudnn/i, updateDriver],
    ],
  },
  coreml: { what: "Apple's processors", systems: ["darwin"], cures: [] },
  dml: {
    what: "any graphics card, through DirectML",
    systems: ["win32"],
    cures: [[/adapter/i, updateDriver]],
  },
};

export interface DeviceReport {
  readonly device: Device;
  readonly what: string;
  readonly trial: Trial;
  /** What would make it work, where that is known. */
  readonly cure?: string;
}

/** Longest a trial may take; drivers compile their kernels at first use. */
const patienceMs = 120_000;

/** Tries every device, each in a process of its own, one after the other. */
export async function tryDevices(names: readonly Device[] = deviceNames): Promise<DeviceReport[]> {
  const reports: DeviceReport[] = [];
  for (const name of names) reports.push(await reportOf(name));
  return reports;
}

async function reportOf(device: Device): Promise<DeviceReport> {
  const { what, systems, cures } = deviceTable[device];
  if (systems && !systems.includes(process.platform)) {
    const why = `only on ${systems.map((one) => systemNames[one] ?? one).join(" and ")}`;
    return { device, what, trial: { works: false, why } };
  }
  const { trial, said } = await tryInProcess(device);
  if (trial.works) return { device, what, trial };
  const cure = cures.find(([symptom]) => symptom.test(`${trial.why}\n${said}`))?.[1];
  return {
    device,
    what,
    trial: { ...trial, why: shortened(trial.why) },
    ...(cure === undefined ? {} : { cure }),
  };
}

/** The runtime puts the place in its own source before what happened. */
const shortened = (why: string) => (/Failed to.*/s.exec(why)?.[0] ?? why).replace(/\s+/g, " ").trim();

const systemNames: Partial<Record<NodeJS.Platform, string>> = {
  linux: "Linux",
  win32: "Windows",
  darwin: "macOS",
};

/** The trial, and what the driver wrote on standard error. */
function tryInProcess(device: Device): Promise<{ trial: Trial; said: string }> {
  const script = fileURLToPath(workerUrl(import.meta.url, "./device-trial.js"));
  return new Promise((resolve) => {
    execFile(process.execPath, [script, device], { timeout: patienceMs }, (error, stdout, stderr) => {
      const line = stdout.split("\n").find((one) => one.startsWith("{"));
      const trial = line === undefined ? ended(error) : (JSON.parse(line) as Trial);
      resolve({ trial, said: stderr });
    });
  });
}

/** A process that died without a word: the driver's doing. */
function ended(error: { code?: string | number | null; signal?: NodeJS.Signals | null } | null): Trial {
  const how = error?.signal ? `signal ${error.signal}` : `exit code ${error?.code ?? 0}`;
  return { works: false, why: `its driver ended the process (${how})` };
}
