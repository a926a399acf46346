import { rm } from "node:fs/promises";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Vec3 } from "../../src/volume/volume.js";
import { expectAccessible } from "./accessible.js";
import { buildPage, chromiumPath, openTab, startBrowser, type Tab } from "./browser.js";
import { look, pixel } from "./canvas.js";
import { PaneOnScreen, type Hanging } from "./patient.js";
import { ServerState, startTestServer, type TestServer } from "./test-server.js";
import { axialStir, ball, flippedCoronal, obliqueCoronal } from "./volumes.js";

const labels = [
  { value: 1, name: "fat-metaplasia", colour: "#e69f00" },
  { value: 2, name: "erosion", colour: "#56b4e9" },
];
const oblique = obliqueCoronal();
const flipped = flippedCoronal();
const [c, s] = [Math.cos(0.45), Math.sin(0.45)];
const obliqueHanging: Hanging = {
  volume: oblique,
  right: [1, 0, 0],
  below: [0, s, -c],
  extent: [64 * 1.2, 60 * 1.2],
  axis: 2,
};
const flippedHanging: Hanging = {
  volume: flipped,
  right: [1, 0, 0],
  below: [0, 0, -1],
  extent: [62 * 1.3, 56 * 1.1],
  axis: 2,
};
const password = "correct horse battery";

/** Looks again until it is so; the machine may be busy with something else. */
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 30_000 });

describe.skipIf(chromiumPath === undefined)("the reading room in a browser", () => {
  let browser: Browser;
  let webDir: string;
  let server: TestServer;
  let context: BrowserContext;
  const tabs: Tab[] = [];

  beforeAll(async () => {
    [browser, webDir] = await Promise.all([startBrowser(), buildPage()]);
  });
  afterAll(async () => {
    await browser.close();
    await rm(webDir, { recursive: true });
  });

  beforeEach(async () => {
    const state = new ServerState(
      [
        { case: "sub-01", images: { T1w: oblique, STIR: axialStir() } },
        { case: "sub-02", images: { T1w: flipped } },
      ],
      labels,
    );
    for (const [name, role] of [
      ["admin", "administrator"],
      ["anna", "reader"],
      ["ben", "senior"],
    ] as const)
      state.users.set(name, { password, role });
    server = await startTestServer(webDir, state);
    context = await browser.newContext({ viewport: { width: 1360, height: 860 } });
    tabs.length = 0;
    return async () => {
      await context.close();
      await server.close();
      for (const { faults, strangers } of tabs)
        expect({ faults, strangers }).toEqual({ faults: [], strangers: [] });
    };
  });

  async function open(path = "", within = context): Promise<Page> {
    const tab = await openTab(within, server.url, path);
    tabs.push(tab);
    return tab.page;
  }

  async function logIn(name: string, path = "", within = context): Promise<Page> {
    const page = await open(path, within);
    await page.getByLabel("Name").fill(name);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByText("Log out").waitFor();
    return page;
  }

  /** The reading screen of a case without its tour. */
  async function read(name: string, caseName: string, within = context): Promise<Page> {
    await within.addInitScript("localStorage.setItem('marrow-tour-seen', 'yes')");
    const page = await logIn(name, `#case/${caseName}`, within);
    await page.locator(".panes[data-count]").waitFor();
    return page;
  }

  const maskOf = (caseName: string, reader: string) => {
    const data = server.state.masks.get(`${caseName} reader.${reader}`)?.data ?? new Uint8Array();
    return [...data.keys()].filter((n) => data[n] !== 0);
  };
  const saved = (page: Page) => page.locator(".save-badge[data-state=saved]").waitFor();
  const strokes = (count: number) =>
    eventually(() => server.state.strokes.length).toBeGreaterThanOrEqual(count);

  it("creates the administrator, shows the work list, logs out and in", async () => {
    server.state.users.clear();
    const page = await open();
    await page.getByRole("heading", { name: "Welcome to Marrow" }).waitFor();
    await expectAccessible(page);
    await page.getByLabel("Name").fill("chief");
    await page.getByLabel("Password (10").fill(password);
    await page.getByLabel("Password again").fill("something else");
    await page.keyboard.press("Enter");
    await page.getByText("The two passwords are not the same.").waitFor();
    await page.getByLabel("Password again").fill(password);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Work list" }).waitFor();
    expect(await page.getByText("Research use only").isVisible()).toBe(true);
    expect(await page.locator("tbody tr").count()).toBe(2);
    if (process.env.MARROW_SCREENSHOTS)
      await page.screenshot({ path: `${process.env.MARROW_SCREENSHOTS}/cases.png` });
    await page.getByLabel("Find a case").fill("02");
    expect(await page.locator("tbody tr").count()).toBe(1);
    await expectAccessible(page);
    await page.getByRole("button", { name: "Light or dark" }).click();
    await page.getByRole("button", { name: "Light", exact: true }).click();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByLabel("Name").fill("chief");
    await page.getByLabel("Password").fill("wrong password");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByText("LOGIN_WRONG").first().waitFor();
  });

  const places: readonly [string, string, Hanging, number][] = [
    ["an oblique volume", "sub-01", obliqueHanging, 6],
    ["a volume with every axis backwards", "sub-02", flippedHanging, 5],
  ];
  it.each(places)("paints exactly the voxels under the brush in %s", async (_, caseName, hanging, slice) => {
    const page = await read("anna", caseName);
    const pane = await PaneOnScreen.of(page, hanging, slice, "T1w, coronal plane");
    const pixels: [number, number][] = [
      [Math.round(pane.box.x + pane.box.width * 0.45), Math.round(pane.box.y + pane.box.height * 0.4)],
      [Math.round(pane.box.x + pane.box.width * 0.53), Math.round(pane.box.y + pane.box.height * 0.46)],
    ];
    await page.mouse.move(...pixels[0]);
    await page.mouse.down();
    await page.mouse.move(...pixels[1]);
    await page.mouse.up();
    const expected = pane.voxelsNear(pane.pointAt(pixels[0]), pane.pointAt(pixels[1]), 4);
    expect(expected.length).toBeGreaterThan(40);
    await strokes(1);
    await saved(page);
    expect(maskOf(caseName, "anna")).toEqual(expected);

    await page.keyboard.press("Control+z");
    await eventually(() => maskOf(caseName, "anna")).toEqual([]);
    await page.keyboard.press("Control+y");
    await eventually(() => maskOf(caseName, "anna")).toEqual(expected);

    await page.keyboard.press("e");
    await page.mouse.click(...pixels[0]);
    const erased = new Set(pane.voxelsNear(pane.pointAt(pixels[0]), pane.pointAt(pixels[0]), 4));
    await eventually(() => maskOf(caseName, "anna")).toEqual(expected.filter((n) => !erased.has(n)));
    await page.getByRole("button", { name: "Undo" }).click();
    await eventually(() => maskOf(caseName, "anna")).toEqual(expected);
  });

  it("shows one place of the patient in every picture, whatever the grid", async () => {
    const page = await read("anna", "sub-01");
    await page.getByRole("img", { name: "STIR" }).waitFor();
    await page.keyboard.press("c");
    const slice = nearestObliqueSlice(ball.centre);
    await goToSlice(page, 6, slice);
    const pane = await PaneOnScreen.of(page, obliqueHanging, slice, "T1w, coronal plane");
    await page.mouse.click(...pane.pixelOf(ball.centre));
    await page.keyboard.press("x");
    await page.waitForTimeout(150);
    // The ball is bright where the crosshair was: in the middle of the marks of each picture.
    const stir = page.getByRole("img", { name: "STIR, axial plane" });
    const box = await stir.boundingBox();
    if (!box) throw new Error("no STIR");
    const scale = Math.min(box.width / 75, box.height / 72);
    const [x, y] = [
      box.width / 2 + scale * (ball.centre[0] - 6),
      box.height / 2 + scale * (ball.centre[1] + 6),
    ];
    expect(await pixel(page, "STIR, axial plane", [x, y])).toEqual([255, 255, 255]);
    expect((await pixel(page, "STIR, axial plane", [x + 12 * scale, y]))[0]).toBeLessThan(80);
    for (const plane of ["axial", "sagittal"])
      expect((await look(page, `T1w, ${plane} plane`)).brightest).toBe(255);
  });

  it("keeps drawing while the server is away and saves each stroke once", async () => {
    const page = await read("anna", "sub-01");
    const pane = await PaneOnScreen.of(page, obliqueHanging, 6, "T1w, coronal plane");
    const at = pane.pixelOf([0, -4, 14]);
    server.state.isFailing = true;
    await page.mouse.click(...at);
    await page.locator(".save-badge[data-state=offline]").waitFor();
    if (process.env.MARROW_SCREENSHOTS)
      await page.screenshot({ path: `${process.env.MARROW_SCREENSHOTS}/offline.png` });
    await page.mouse.click(at[0] + 40, at[1]);
    expect(maskOf("sub-01", "anna")).toEqual([]);
    server.state.isFailing = false;
    server.state.lostAnswers = 1;
    await strokes(2);
    await saved(page);
    expect(server.state.strokes.map(({ sequence }) => sequence)).toEqual([1, 2]);
    const [first, second] = [pane.pointAt(at), pane.pointAt([at[0] + 40, at[1]])];
    const expected = new Set([...pane.voxelsNear(first, first, 4), ...pane.voxelsNear(second, second, 4)]);
    expect(maskOf("sub-01", "anna")).toEqual([...expected].sort((a, b) => a - b));
  });

  it("loses nothing when the tab is closed in the middle of a stroke, even while the server is away", async () => {
    let page = await read("anna", "sub-01");
    const pane = await PaneOnScreen.of(page, obliqueHanging, 6, "T1w, coronal plane");
    const from = pane.pixelOf([-10, -4, 14]);
    server.state.isFailing = true;
    await page.mouse.move(...from);
    await page.mouse.down();
    await page.mouse.move(from[0] + 60, from[1]);
    await page.waitForTimeout(100);
    await page.close({ runBeforeUnload: true });
    server.state.isFailing = false;
    page = await open("#case/sub-01");
    await page.locator(".panes[data-count='4']").waitFor();
    const expected = pane.voxelsNear(pane.pointAt(from), pane.pointAt([from[0] + 60, from[1]]), 4);
    await eventually(() => maskOf("sub-01", "anna")).toEqual(expected);
    expect((await look(page, "T1w, coronal plane")).coloured).toBeGreaterThan(500);
  });

  it("is read anew when the browser takes it out of its cache, since its mask was closed", async () => {
    const page = await read("anna", "sub-01");
    await page.evaluate("document.body.dataset.fromCache = ''");
    await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
    await page.locator("body:not([data-from-cache]) .panes[data-count]").waitFor();
  });

  it("fills contours, grows regions, fills between slices, removes islands, obeys locks", async () => {
    const page = await read("anna", "sub-01");
    const slice = nearestObliqueSlice(ball.centre);
    await goToSlice(page, 6, slice);
    const pane = await PaneOnScreen.of(page, obliqueHanging, slice, "T1w, coronal plane");
    await page.keyboard.press("g");
    await page.mouse.click(...pane.pixelOf(ball.centre));
    const bright = [...oblique.data.keys()].filter((n) => oblique.data[n] === 1000);
    const inSlice = bright.filter((n) => Math.floor(n / (64 * 60)) === slice);
    await eventually(() => maskOf("sub-01", "anna")).toEqual(inSlice);

    await page.getByLabel("Lock Fat metaplasia").check();
    await page.keyboard.press("2");
    await page.keyboard.press("f");
    const [x, y] = pane.pixelOf(ball.centre);
    for (const [dx, dy] of [
      [-60, -60],
      [60, -60],
      [60, 60],
      [-60, 60],
      [-60, -60],
    ] as const)
      await page.mouse.click(x + dx, y + dy);
    await eventually(() => maskOf("sub-01", "anna").length).toBeGreaterThan(inSlice.length);
    const data = server.state.masks.get("sub-01 reader.anna")?.data ?? new Uint8Array();
    expect(inSlice.every((n) => data[n] === 1)).toBe(true);
    const corners = [
      [-60, -60],
      [60, 60],
    ].map(([dx, dy]) => pane.pointAt([x + dx, y + dy]));
    const square = voxelsBetween(corners[0], corners[1], slice);
    expect(maskOf("sub-01", "anna")).toEqual([...new Set([...square, ...inSlice])].sort((a, b) => a - b));

    // Two dabs two slices apart, then what lies between.
    await page.keyboard.press("b");
    await page.mouse.move(pane.box.x + 20, pane.box.y + 100);
    for (const steps of [2, 2]) {
      await page.mouse.click(x + 150, y);
      for (let n = 0; n < steps; n++) await page.keyboard.press("ArrowUp");
    }
    const before = await settledMask(page);
    await page.keyboard.press("i");
    await page.getByText("voxels filled.").waitFor();
    const after = await settledMask(page);
    const added = after.filter((n) => !before.includes(n));
    const dab = pane.voxelsNear(pane.pointAt([x + 150, y]), pane.pointAt([x + 150, y]), 4);
    expect(added).toEqual(expect.arrayContaining(dab.map((n) => n - 64 * 60)));
    expect(added.every((n) => Math.floor(n / (64 * 60)) === slice - 1)).toBe(true);
    await page.keyboard.press("Control+z");
    await eventually(() => maskOf("sub-01", "anna")).toEqual(before);
  });

  async function settledMask(page: Page): Promise<number[]> {
    await page.waitForTimeout(50);
    await saved(page);
    return maskOf("sub-01", "anna");
  }

  it("compares two masks in colours with their Dice, and tells of others", async () => {
    const first = new Uint8Array(oblique.data.length);
    const second = new Uint8Array(oblique.data.length);
    const start = 64 * (30 + 60 * 6);
    first.fill(1, start + 10, start + 40);
    second.fill(1, start + 20, start + 50);
    server.state.masks.set("sub-01 reader.ben", { data: first, version: 1 });
    server.state.masks.set("sub-01 reader.anna", { data: second, version: 1 });
    const others = await browser.newContext();
    await read("anna", "sub-01", others);
    const page = await read("ben", "sub-01");
    await page.getByText("anna is drawing on this case too").waitFor();
    await page.getByRole("region", { name: "Compare" }).getByRole("button", { name: "Compare" }).click();
    await page.getByRole("row", { name: "Fat metaplasia" }).getByText("0.667").waitFor();
    await page.getByText("Only anna").waitFor();
    if (process.env.MARROW_SCREENSHOTS)
      await page.screenshot({ path: `${process.env.MARROW_SCREENSHOTS}/compare.png` });
    await expectAccessible(page);
    await others.close();
  });

  it("refuses to overwrite what somebody else has drawn on the same mask", async () => {
    const page = await read("anna", "sub-02");
    const pane = await PaneOnScreen.of(page, flippedHanging, 5, "T1w, coronal plane");
    const mask = server.state.masks.get("sub-02 reader.anna");
    if (!mask) throw new Error("no mask");
    mask.version++;
    await page.mouse.click(...pane.pixelOf([5, -5, 15]));
    await page.locator(".save-badge[data-state=refused]").waitFor();
    expect(maskOf("sub-02", "anna")).toEqual([]);
  });

  it("submits, reviews, freezes rounds and follows jobs", async () => {
    const annas = await browser.newContext();
    const reader = await read("anna", "sub-02", annas);
    await reader.getByRole("button", { name: "Submit for review" }).click();
    await reader.getByRole("button", { name: "Submit", exact: true }).click();
    await reader.getByText("Your reading: submitted.").waitFor();
    await annas.close();
    const page = await read("ben", "sub-02");
    await page.getByRole("button", { name: "Return" }).click();
    await page.getByLabel("What should be changed?").fill("<img src=x onerror=alert(1)>");
    await page.getByRole("dialog").getByRole("button", { name: "Return" }).click();
    await eventually(() => server.state.progress.get("sub-02 anna")?.state).toBe("returned");
    await page.getByRole("link", { name: "Rounds" }).click();
    for (const n of [1, 2]) {
      await page.getByRole("button", { name: "Freeze a round" }).click();
      await page.getByRole("button", { name: "Freeze", exact: true }).click();
      await page.getByRole("rowheader", { name: String(n), exact: true }).waitFor();
    }
    expect(await page.locator(".plot circle").count()).toBe(1);
    await page.getByRole("link", { name: "Jobs" }).click();
    await page.getByRole("button", { name: "Start training" }).click();
    await page.locator("[data-job=job1][data-state=waiting]").waitFor();
    server.state.tell("job", {
      ...server.state.jobs[0],
      state: "running",
      progress: 0.4,
      doing: "Epoch 4 of 10",
    });
    await page.getByText("Epoch 4 of 10").waitFor();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.locator("[data-job=job1][data-state=cancelled]").waitFor();
  });

  it("gives a tour of six steps and lists every key", async () => {
    const page = await logIn("anna", "#case/sub-02");
    for (let step = 1; step <= 6; step++) {
      await page.getByText(`Step ${step} of 6`).waitFor();
      await page.keyboard.press("Enter");
    }
    await page.locator("dialog.tour").waitFor({ state: "detached" });
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys and mouse" }).waitFor();
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    // Without a mouse: crosshair to the right, a dab.
    await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("b");
    await page.keyboard.press(" ");
    await eventually(() => maskOf("sub-02", "anna").length).toBeGreaterThan(10);
    // A closed dialog keeps the focus until the next frame: keys that come before it are the picture's.
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys and mouse" }).waitFor();
    await page.evaluate(`(() => {
      const dialog = document.querySelector("dialog");
      const focused = document.activeElement;
      dialog.close();
      for (const key of ["e", " "]) focused.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    })()`);
    await eventually(() => maskOf("sub-02", "anna").length).toBe(0);
  });

  it("lets the keyboard skip the tools", async () => {
    const page = await read("anna", "sub-02");
    const link = page.getByRole("button", { name: "Skip to content" });
    expect((await link.boundingBox())?.x).toBeLessThan(0);
    await page.keyboard.press("Tab");
    await eventually(async () => (await link.boundingBox())?.x).toBeGreaterThan(0);
    await page.keyboard.press("Enter");
    const focused = await page.evaluate("document.activeElement.className");
    expect(focused).toBe("pane-canvas");
  });
});

/** Slice of the oblique volume whose plane lies nearest to a point: by its normal, not by the page's code. */
function nearestObliqueSlice(point: Vec3): number {
  const offset = [point[0] - 4, point[1] + 4, point[2] - 14];
  return Math.round(6.5 + (offset[1] * c + offset[2] * s) / 4);
}

async function goToSlice(page: Page, from: number, to: number): Promise<void> {
  for (let n = from; n !== to; n += Math.sign(to - from))
    await page.keyboard.press(to > from ? "ArrowDown" : "ArrowUp");
}

/** Voxels of an oblique slice whose centres lie in the rectangle between two of its points. */
function voxelsBetween(a: Vec3, b: Vec3, slice: number): number[] {
  const [low, high] = [Math.min(a[0], b[0]), Math.max(a[0], b[0])];
  const along = (p: Vec3) => (p[1] + 4) * s - (p[2] - 14) * c;
  const [top, bottom] = [Math.min(along(a), along(b)), Math.max(along(a), along(b))];
  const found: number[] = [];
  for (let j = 0; j < 60; j++)
    for (let i = 0; i < 64; i++) {
      const [x, v] = [4 + (i - 31.5) * 1.2, (j - 29.5) * 1.2];
      if (x >= low && x <= high && v >= top && v <= bottom) found.push(i + 64 * (j + 60 * slice));
    }
  return found;
}
