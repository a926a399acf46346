/**
 * Starts a real Orthanc for tests. Its version in Debian listens on every address, so it and its clients run in a network
 * namespace of their own, where there is nothing but loopback.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const plugin = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so";

/** Set inside of the namespace. */
export const inside = process.env["MARROW_TEST_NAMESPACE"] === "1";

/** As root without, for others with a user namespace. */
const ways = [["-n"], ["-rn"]];

const up = "ip link set lo up";

function way(): readonly string[] | undefined {
  return ways.find((options) => spawnSync("unshare", [...options, "sh", "-c", up]).status === 0);
}

/** Why there is no Orthanc to test with; undefined where there is one. */
export function missing(): string | undefined {
  if (spawnSync("Orthanc", ["--version"]).status !== 0) return "no Orthanc (Debian: orthanc)";
  if (!existsSync(plugin)) return "no DICOMweb plugin (Debian: orthanc-dicomweb)";
  return inside || way() ? undefined : "no network namespace can be made (unshare -n)";
}

/** Runs a test file in a namespace and returns its status and output. */
export function runInside(file: string): Promise<{ status: number | null; output: string }> {
  const command = `${up} && exec "$0" node_modules/vitest/vitest.mjs run ${file}`;
  const child = spawn("unshare", [...(way() ?? []), "sh", "-c", command, process.execPath], {
    env: { ...process.env, MARROW_TEST_NAMESPACE: "1", NO_COLOR: "1", FORCE_COLOR: "0" },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += String(text)));
  return new Promise((resolve) => child.on("close", (status) => resolve({ status, output })));
}

export interface Orthanc {
  readonly url: string;
  readonly httpPort: number;
  readonly dicomPort: number;
  readonly title: string;
  readonly user: string;
  readonly password: string;
  readonly stop: () => Promise<void>;
}

/** An empty one, in the namespace. `movePort` is where it finds the AE title MARROW. */
export async function startOrthanc(movePort: number): Promise<Orthanc> {
  const folder = mkdtempSync(join(tmpdir(), "marrow-orthanc-"));
  const [httpPort, dicomPort] = [8042, 4242];
  const [user, password] = ["reader", "not-a-secret"];
  const config = {
    ...{ StorageDirectory: folder, IndexDirectory: folder, Plugins: [plugin] },
    ...{ HttpPort: httpPort, DicomPort: dicomPort, DicomAet: "ORTHANC", DicomCheckCalledAet: true },
    ...{ RemoteAccessAllowed: true, AuthenticationEnabled: true, RegisteredUsers: { [user]: password } },
    DicomModalities: { marrow: ["MARROW", "127.0.0.1", movePort] },
  };
  writeFileSync(join(folder, "orthanc.json"), JSON.stringify(config));
  const child = spawn("Orthanc", [join(folder, "orthanc.json")], { stdio: "ignore" });
  await answers(`http://127.0.0.1:${httpPort}/system`, child);
  const stop = async () => {
    child.kill("SIGKILL");
    await new Promise((resolve) => child.on("close", resolve));
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    url: `http://127.0.0.1:${httpPort}/dicom-web`,
    httpPort,
    dicomPort,
    title: "ORTHANC",
    user,
    password,
    stop,
  };
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  for (let n = 0; n < 600 && child.exitCode === null; n++) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer) return;
    await sleep(100);
  }
  throw new Error("Orthanc does not start");
}
