/**
 * node bench/cornerstone.mjs --from FOLDER [--size 512x512x30] [--frames 120]
 *
 * Cornerstone3D on the pictures of bench/reading-room.mjs: two sequences in four panes of the same size, a mask, the
 * reading room's content security policy, headless Chromium. It is no dependency of Marrow: FOLDER is any folder in which
 *
 *     npm install @cornerstonejs/core @cornerstonejs/tools @kitware/vtk.js gl-matrix d3-array d3-interpolate
 *
 * was run; without it the script says so and ends. Prints the size of the page, the time to the first picture from the
 * arrival of its voxels, frames a second with one slice a frame, and what the policy refused.
 */
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { loadavg } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { build } from "vite";

const { values } = parseArgs({
  options: {
    from: { type: "string", default: "." },
    size: { type: "string", default: "512x512x30" },
    frames: { type: "string", default: "120" },
  },
});
const size = values.size.split("x").map(Number);
const folder = resolve(values.from);
const policy =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; worker-src 'self' blob:; img-src 'self' blob: data:";
const html = `<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="/page.css">
<div id="first"></div><div id="second"></div><div id="across"></div><div id="along"></div><script type="module" src="/page.js"></script>`;
const css = `body { margin: 0; display: grid; gap: 2px; width: 904px; height: 772px; grid-template: 3fr 2fr / 1fr 1fr }
div { min-width: 0; min-height: 0 }`;

/** Run in the page: `open(backend, size)` resolves with ms, `scroll(panes, frames)` with frames a second and the 95th percentile. */
function page(core, tools) {
  const planes = { first: "coronal", second: "coronal", across: "sagittal", along: "axial" };
  const names = Object.keys(planes);
  const home = {};
  const refused = new Set();
  document.addEventListener("securitypolicyviolation", (event) => refused.add(event.effectiveDirective));
  const facts = {
    generalSeriesModule: { modality: "MR", seriesInstanceUID: "1.2", studyInstanceUID: "1" },
    voiLutModule: { windowCenter: [550], windowWidth: [700] },
  };
  core.metaData.addProvider((type) => facts[type]);
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const viewport = (name) => core.getRenderingEngine("engine").getViewport(name);

  function isShown(canvas) {
    if (canvas.width < 3 || getComputedStyle(canvas).display === "none") return false;
    const column = new OffscreenCanvas(1, canvas.height).getContext("2d", { willReadFrequently: true });
    column.drawImage(canvas, -Math.floor(canvas.width / 2), 0);
    return column.getImageData(0, 0, 1, canvas.height).data.some((value, n) => n % 4 === 0 && value > 40);
  }

  async function shown(name) {
    while (![...document.querySelectorAll(`#${name} canvas`)].some(isShown)) await frame();
  }

  function addVolume(channel, voxels, [ni, nj, nk]) {
    const imageIds = Array.from({ length: nk }, (_, k) => `local:${channel}-${k}`);
    imageIds.forEach((imageId, k) =>
      core.imageLoader.createAndCacheLocalImage(imageId, {
        scalarData: voxels.subarray(k * ni * nj, (k + 1) * ni * nj),
        dimensions: [ni, nj],
        spacing: [220 / ni, 220 / nj],
        origin: [110, -60 + 4 * k, 110],
        direction: [-1, 0, 0, 0, 0, -1],
        frameOfReferenceUID: "1.3",
      }),
    );
    core.volumeLoader.createAndCacheVolumeFromImagesSync(channel, imageIds);
    return { kind: "planar", imageIds, volumeId: channel };
  }

  async function show(name, data) {
    core.utilities.genericViewportDisplaySetMetadataProvider.add(`shown-${name}`, data);
    const options = { orientation: planes[name] };
    await viewport(name).setDisplaySets({ displaySetId: `shown-${name}`, options });
    viewport(name).setDisplaySetPresentation(`shown-${name}`, { voiRange: { lower: 200, upper: 900 } });
    viewport(name).render();
  }

  /** A disc in every slice. */
  function addMask([ni, nj, nk]) {
    const mask = core.volumeLoader.createAndCacheDerivedLabelmapVolume("T1w", { volumeId: "mask" });
    for (let k = 0; k < nk; k++) {
      const data = core.cache.getImage(mask.imageIds[k]).voxelManager.getScalarData();
      data.forEach(
        (_, v) => (data[v] = Number(Math.hypot((v % ni) - ni / 2, Math.floor(v / ni) - nj / 2) < ni / 20)),
      );
    }
    const representation = { type: "Labelmap", data: { volumeId: "mask", imageIds: mask.imageIds } };
    tools.segmentation.addSegmentations([{ segmentationId: "mask", representation }]);
    for (const name of names)
      tools.segmentation.addLabelmapRepresentationToViewport(name, [{ segmentationId: "mask" }]);
  }

  window.open3d = async (backend, extent) => {
    core.init();
    tools.init();
    core.setUseCPURendering(backend === "cpu");
    new core.RenderingEngine("engine").setViewports(
      names.map((name) => ({ viewportId: name, type: "planarNext", element: document.getElementById(name) })),
    );
    const voxels = async (channel) => new Int16Array(await (await fetch(`/voxels/${channel}`)).arrayBuffer());
    const [one, two] = [voxels("T1w"), voxels("STIR")];
    const first = addVolume("T1w", await one, extent);
    await show("first", first);
    await shown("first");
    const arrived = performance
      .getEntriesByType("resource")
      .filter((entry) => entry.name.includes("/voxels/"));
    const ms = performance.now() - Math.min(...arrived.map((entry) => entry.responseEnd));
    await show("second", addVolume("STIR", await two, extent));
    for (const name of ["across", "along"]) await show(name, first);
    for (const name of names) await shown(name);
    addMask(extent);
    for (const name of names) home[name] = viewport(name).getSliceIndex();
    return ms;
  };

  /** One slice a frame, ten there and back on either side, never beyond the last. */
  window.scroll3d = async (panes, frames) => {
    const times = [];
    let last = await frame();
    for (let n = 1; n <= frames; n++) {
      const offset = 10 - Math.abs(((n + 10) % 40) - 20);
      for (const name of panes) void viewport(name).setImageIdIndex(home[name] + offset);
      const now = await frame();
      times.push(now - last);
      last = now;
    }
    const total = times.reduce((a, b) => a + b, 0);
    times.sort((a, b) => a - b);
    return { fps: (1000 * frames) / total, p95: times[Math.floor(frames * 0.95)], refused: [...refused] };
  };
}

/** Page and Cornerstone3D as one script. vtk.js names two modules of Node's that it does not need in a page. */
async function bundled() {
  const entry = `import * as core from "@cornerstonejs/core"; import * as tools from "@cornerstonejs/tools"; (${page})(core, tools);`;
  const none =
    "export class EventEmitter {} export const URL = globalThis.URL; export default { EventEmitter, URL };";
  const sources = { "\0page": entry, "\0none": none };
  const plugin = {
    name: "page",
    enforce: "pre",
    resolveId(id, importer) {
      if (id === "virtual:page") return "\0page";
      if (id === "events" || id === "url") return "\0none";
      return importer === "\0page" ? this.resolve(id, join(folder, "page.js"), { skipSelf: true }) : null;
    },
    load: (id) => sources[id],
  };
  const options = { write: false, target: "es2022", rollupOptions: { input: "virtual:page" } };
  const { output } = await build({
    configFile: false,
    root: folder,
    logLevel: "error",
    plugins: [plugin],
    build: options,
  });
  return output.find(({ isEntry }) => isEntry).code;
}

function serve(script) {
  const [ni, nj, nk] = size;
  const voxels = Int16Array.from({ length: ni * nj * nk }, (_, v) =>
    Math.round(500 + 300 * Math.sin(v / 97 + 1) + ((v * 7919) % 101)),
  );
  const answers = {
    "/": ["text/html", html],
    "/page.css": ["text/css", css],
    "/page.js": ["text/javascript", script],
    "/voxels/T1w": ["application/octet-stream", Buffer.from(voxels.buffer)],
    "/voxels/STIR": ["application/octet-stream", Buffer.from(voxels.buffer)],
  };
  const server = createServer(({ url }, response) => {
    const [type, body] = answers[url.split("?")[0]] ?? ["text/plain", ""];
    response.writeHead(200, { "content-type": type, "content-security-policy": policy }).end(body);
  });
  return new Promise((done) => server.listen(0, "127.0.0.1", () => done(server)));
}

async function measure(browser, url, backend) {
  const tab = await browser.newPage({ viewport: { width: 1360, height: 860 } });
  await tab.goto(url);
  await tab.waitForFunction("window.open3d");
  const first = await tab.evaluate(`open3d("${backend}", ${JSON.stringify(size)})`);
  console.log(
    `${backend}: first picture ${first.toFixed(0)} ms after its voxels, load average ${loadavg()[0].toFixed(1)}`,
  );
  await tab.waitForTimeout(1500);
  for (const panes of [
    ["first", "second"],
    ["first", "second", "across", "along"],
  ]) {
    await tab.evaluate(`scroll3d(${JSON.stringify(panes)}, 40)`);
    const { fps, p95, refused } = await tab.evaluate(`scroll3d(${JSON.stringify(panes)}, ${values.frames})`);
    const text = `${panes.length} panes moving: ${fps.toFixed(1)} frames/s, 95 % within ${p95.toFixed(0)} ms`;
    console.log(`${backend}: ${text}; refused by the policy: ${refused.join(", ") || "nothing"}`);
  }
  await tab.close();
}

if (!existsSync(join(folder, "node_modules/@cornerstonejs/tools"))) {
  console.log(`Skipped: Cornerstone3D is not installed in ${folder}. See the head of this file.`);
  process.exit(0);
}
const script = await bundled();
console.log(
  `page: ${(script.length / 1e6).toFixed(2)} MB, gzipped ${(gzipSync(script).length / 1e6).toFixed(2)} MB`,
);
const server = await serve(script);
const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  existsSync,
);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  for (const backend of ["cpu", "gpu"])
    await measure(browser, `http://127.0.0.1:${server.address().port}/`, backend);
} finally {
  await browser.close();
  server.close();
}
