/** Debian's redis-server on loopback, on a free port, with nothing kept on disk but what a test asks for. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer, type AddressInfo } from "node:net";

const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/bin", "/usr/sbin"];
const binary = folders.map((folder) => `${folder}/redis-server`).find(existsSync);

function driverIsThere(): boolean {
  try {
    createRequire(createRequire(import.meta.url).resolve("bullmq")).resolve("ioredis");
    return true;
  } catch {
    return false;
  }
}

/** Whether redis-server and the driver are there. */
export const hasRedis = binary !== undefined && driverIsThere();

export interface TestRedis {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

export async function startRedis(port = 0): Promise<TestRedis> {
  const chosen = port === 0 ? await freePort() : port;
  const options = ["--port", String(chosen), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const server = spawn(binary ?? "redis-server", options, { stdio: ["ignore", "pipe", "ignore"] });
  await new Promise<void>((resolve, reject) => {
    server.once("exit", (code) => reject(new Error(`redis-server ended with ${code}`)));
    server.stdout.on("data", (text: Buffer) => /Ready to accept connections/.test(String(text)) && resolve());
  });
  return { url: `redis://127.0.0.1:${chosen}`, stop: () => ended(server) };
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

function ended(server: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (server.exitCode !== null || server.signalCode !== null) return resolve();
    server.once("exit", () => resolve());
    server.kill("SIGKILL");
  });
}
