/**
 * A software Vulkan driver for the tests on WebGPU: SwiftShader, as Debian's chromium brings it. The loader reads these
 * variables when a process starts, so vitest gives them to its workers.
 */
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const chromium = "/usr/lib/chromium";
const [description, loader] = [join(chromium, "vk_swiftshader_icd.json"), join(chromium, "libvulkan.so.1")];

/** Whether chromium's driver is here; tests on WebGPU are skipped where it is not. */
export const hasSoftwareVulkan = existsSync(description) && existsSync(loader);

interface DriverDescription {
  readonly ICD: { readonly library_path: string };
}

/** Environment in which WebGPU runs on the software driver; empty where chromium's driver is missing. */
export function softwareVulkan(): Record<string, string> {
  if (!hasSoftwareVulkan) return {};
  const folder = join(tmpdir(), "marrow-software-vulkan");
  const [driver, link] = [join(folder, "swiftshader.json"), join(folder, "libvulkan.so.1")];
  mkdirSync(folder, { recursive: true });
  const { ICD, ...rest } = JSON.parse(readFileSync(description, "utf8")) as DriverDescription;
  const absolute = { ...rest, ICD: { ...ICD, library_path: resolve(chromium, ICD.library_path) } };
  writeFileSync(driver, JSON.stringify(absolute));
  // A folder of its own: chromium's holds other libraries that must not come before the system's.
  if (!existsSync(link)) symlinkSync(loader, link);
  const path = [folder, process.env["LD_LIBRARY_PATH"]].filter(Boolean).join(":");
  return { LD_LIBRARY_PATH: path, VK_ICD_FILENAMES: driver, VK_DRIVER_FILES: driver };
}
