/** The page on Marrow's own server, with a synthetic study. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Browser } from "playwright-core";
import { writePhantomStudy } from "../../src/phantom/study.js";
import { buildApp } from "../../src/server/app.js";
import { closeRoom, openRoom, type Room } from "../../src/server/room.js";
import { buildPage, chromiumPath, openTab, startBrowser } from "./browser.js";

/** Run in the page, as the person who is logged in there. */
const countDrawn = `(async () => {
  const answer = await fetch("/api/cases/" + location.hash.split("/")[1] + "/masks/reader.chief");
  return new Uint8Array(await answer.arrayBuffer()).filter((label) => label > 0).length;
})()`;

describe.skipIf(chromiumPath === undefined)("the page on the real server", () => {
  let [folder, page, address] = ["", "", ""];
  let browser: Browser;
  let room: Room;
  let app: Awaited<ReturnType<typeof buildApp>>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "marrow-room-"));
    const study = join(folder, "study");
    await writePhantomStudy(study, { kind: "sij-t1", subjects: 2, seed: 5, size: "small" });
    [browser, page] = await Promise.all([startBrowser(), buildPage()]);
    room = await openRoom(study, { version: "0", command: [process.execPath], log: () => undefined });
    app = await buildApp(room, { loopback: true, page });
    address = await app.listen({ host: "127.0.0.1", port: 0 });
  });
  afterAll(async () => {
    await browser.close();
    await app.close();
    await closeRoom(room);
    await Promise.all([folder, page].map((one) => rm(one, { recursive: true })));
  });

  it("creates the administrator, draws, undoes, and finds the drawing again", async () => {
    const url = `${address}/`;
    const context = await browser.newContext({ viewport: { width: 1360, height: 860 } });
    await context.addInitScript("localStorage.setItem('marrow-tour-seen', 'yes')");
    const { page: tab, faults, strangers } = await openTab(context, url);
    await tab.getByLabel("Name").fill("chief");
    await tab.getByLabel("Password (10").fill("correct horse battery");
    await tab.getByLabel("Password again").fill("correct horse battery");
    await tab.keyboard.press("Enter");
    await tab.locator(".case-link").first().click();
    const canvas = tab.getByRole("img", { name: "T1w, coronal plane" });
    await canvas.waitFor();
    const voxels = () => tab.evaluate<number>(countDrawn);
    await canvas.click({ position: { x: 200, y: 150 } });
    await expect.poll(voxels, { timeout: 30_000 }).toBeGreaterThan(0);
    const drawn = await voxels();
    await tab.keyboard.press("Control+z");
    await expect.poll(voxels, { timeout: 30_000 }).toBe(0);
    await tab.keyboard.press("Control+y");
    await expect.poll(voxels, { timeout: 30_000 }).toBe(drawn);
    await tab.reload();
    await canvas.waitFor();
    expect(await voxels()).toBe(drawn);
    if (process.env.MARROW_SCREENSHOTS)
      await tab.screenshot({ path: `${process.env.MARROW_SCREENSHOTS}/real.png` });
    expect({ faults, strangers }).toEqual({ faults: [], strangers: [] });
  });
});
