/**
 * node bench/reading-room.mjs [--size 512x512x30] [--cases 4] [--opened 100] [--light 256x256x24]
 *
 * The reading room in headless Chromium against the real server: time from the click on a case to its first picture,
 * frames a second while scrolling with four panes and a mask, and the memory of page and server while many studies are
 * opened one after the other (of the size --light). Needs `npm run build`. Nothing but this should run beside it.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { writeNifti } from "../dist/volume/nifti.js";
import { writeConfig } from "../dist/study/config.js";

const args = process.argv.slice(2);
const option = (name, usual) => (args.includes(name) ? args[args.indexOf(name) + 1] : usual);
const sizeOf = (text) => text.split("x").map(Number);
const size = sizeOf(option("--size", "512x512x30"));
const light = sizeOf(option("--light", "256x256x24"));
const cases = Number(option("--cases", "4"));
const opened = Number(option("--opened", "100"));
const program = join(dirname(fileURLToPath(import.meta.url)), "../bin/marrow.js");
const browserPath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  existsSync,
);
const password = "correct horse battery";
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const root = mkdtempSync(join(tmpdir(), "marrow-bench-"));

/** A study of two sequences: waves with noise, so that nothing packs well. */
async function makeStudy(dir, [ni, nj, nk]) {
  const labels = [{ value: 1, name: "lesion" }];
  await writeConfig(dir, { task: "custom", reader: "consensus", channels: ["T1w", "STIR"], labels });
  const affine = [-220 / ni, 0, 0, 110, 0, 0, 4, -60, 0, -220 / nj, 0, 110, 0, 0, 0, 1];
  for (let n = 1; n <= cases; n++)
    for (const channel of ["T1w", "STIR"]) {
      const data = Float32Array.from({ length: ni * nj * nk }, (_, v) =>
        Math.round(500 + 300 * Math.sin(v / 97 + n) + ((v * 7919 * n) % 101)),
      );
      const id = `sub-${String(n).padStart(2, "0")}`;
      const file = join(dir, id, "anat", `${id}_${channel}.nii.gz`);
      await mkdir(dirname(file), { recursive: true });
      await writeNifti(file, { data, size: [ni, nj, nk], affine });
    }
}

async function serve(dir) {
  const child = spawn(process.execPath, [program, "serve", dir, "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /http:\S+/.exec(line)?.[0];
    if (url) return { url, pid: child.pid, stop: () => child.kill("SIGINT") };
  }
  throw new Error("the server did not start");
}

const rss = (pid) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? NaN) / 1024;

async function enter(browser, url) {
  const context = await browser.newContext({ viewport: { width: 1360, height: 860 } });
  await context.addInitScript("localStorage.setItem('marrow-tour-seen', 'yes')");
  const page = await context.newPage();
  await page.goto(url);
  await page.getByLabel("Name").fill("chief");
  await page.getByLabel("Password (10").fill(password);
  await page.getByLabel("Password again").fill(password);
  await page.keyboard.press("Enter");
  await page.locator(".case-link").first().waitFor();
  return page;
}

/** Run in the page: goes to a case and resolves with the ms until its first picture is drawn. */
const openCase = (name) => `new Promise((resolve) => {
  const start = performance.now();
  location.hash = "case/${name}";
  const look = () => {
    const canvas = document.querySelector(".reading-page .pane canvas");
    const context = canvas && canvas.width > 2 && location.hash.includes("${name}") &&
      document.querySelector(".case-heading h1")?.textContent === "${name}" && canvas.getContext("2d");
    const pixels = context && context.getImageData(0, canvas.height / 2, canvas.width, 1).data;
    if (pixels && pixels.some((value, n) => n % 4 === 0 && value > 40)) resolve(performance.now() - start);
    else requestAnimationFrame(look);
  };
  look();
})`;

/** Run in the page: one slice a frame, to and fro; frames a second and the 95th percentile of a frame, ms. */
const scroll = (frames) => `new Promise((resolve) => {
  const times = [];
  let [n, last] = [0, performance.now()];
  const step = (now) => {
    times.push(now - last);
    last = now;
    if (n++ === ${frames}) {
      const all = times.slice(1).sort((a, b) => a - b);
      const sum = all.reduce((a, b) => a + b, 0);
      return resolve({ fps: (1000 * all.length) / sum, p95: all[Math.floor(all.length * 0.95)] });
    }
    const key = Math.floor(n / 20) % 2 ? "ArrowUp" : "ArrowDown";
    document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})`;

const caseName = (n) => `sub-${String((n % cases) + 1).padStart(2, "0")}`;

async function speed(browser, url) {
  const page = await enter(browser, url);
  const first = [];
  for (let n = 0; n < cases; n++) {
    first.push(await page.evaluate(openCase(caseName(n))));
    await page.locator(".panes canvas").nth(3).waitFor();
    await page.evaluate("location.hash = 'cases'");
    await page.locator(".case-link").first().waitFor();
  }
  await page.evaluate(openCase(caseName(0)));
  await page.locator(".panes canvas").nth(3).waitFor();
  // A mask through many slices: a ball drawn in the middle.
  await page.getByLabel("Shape").selectOption("ball");
  const box = await page.locator(".pane canvas").first().boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await page.waitForTimeout(500);
  await page.evaluate(scroll(60));
  const runs = [];
  for (let n = 0; n < 3; n++) runs.push(await page.evaluate(scroll(180)));
  const fps = median(runs.map((one) => one.fps));
  const p95 = median(runs.map((one) => one.p95));
  console.log(`first picture, first visit of each case: ${first.map((ms) => ms.toFixed(0)).join(", ")} ms`);
  console.log(`first picture: median ${median(first).toFixed(0)} ms (goal: below 1500)`);
  console.log(
    `scrolling, four panes, mask: ${fps.toFixed(1)} frames/s (goal: 30), 95 % of frames within ${p95.toFixed(0)} ms`,
  );
  await page.context().close();
}

async function memory(browser, url, server) {
  const page = await enter(browser, url);
  const session = await browser.newBrowserCDPSession();
  const own = await page.context().newCDPSession(page);
  const renderer = async () => {
    await own.send("HeapProfiler.collectGarbage");
    await page.waitForTimeout(300);
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    const pages = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => rss(id));
    const { metrics } = await own.send("Performance.getMetrics");
    const heap = metrics.find(({ name }) => name === "JSHeapUsedSize")?.value ?? NaN;
    return { heap: heap / 2 ** 20, page: Math.max(...pages) };
  };
  await own.send("Performance.enable");
  console.log("opened   page's heap   page's process   server (MB)");
  for (let n = 1; n <= opened; n++) {
    await page.evaluate(openCase(caseName(n)));
    if (n % 10 !== 0) continue;
    const now = await renderer();
    const row = [n, now.heap, now.page, rss(server.pid)].map((x) => x.toFixed(0).padStart(6));
    console.log(row.join("        "));
  }
  await page.context().close();
}

const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
try {
  console.log(`load average before: ${loadavg()[0].toFixed(1)}`);
  for (const [name, extent, run] of [
    ["speed", size, speed],
    ["memory", light, memory],
  ]) {
    // prettier-ignore
    const dir = join(root, name);
    await makeStudy(dir, extent);
    const server = await serve(dir);
    console.log(`\n${name}: ${cases} cases of two sequences, ${extent.join(" × ")}`);
    await run(browser, server.url, server);
    server.stop();
  }
  console.log(`load average after: ${loadavg()[0].toFixed(1)}`);
} finally {
  await browser.close();
  rmSync(root, { recursive: true, force: true });
}
