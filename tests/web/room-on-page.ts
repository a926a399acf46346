/** The built page on Marrow's own server with accounts that are logged in, for tests in a browser. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { buildApp } from "../../src/server/app.js";
import { closeRoom, openRoom, type RoomOptions } from "../../src/server/room.js";
import { Client } from "../server/open-room.js";
import { accountsOf } from "../server/reader-study-room.js";
import { openTab } from "./browser.js";

export type RoomOnPage = Awaited<ReturnType<typeof roomOnPage>>;

/** Serves a study with the page in `webDir`. `people` are API clients of the same sessions that `enter` gives a browser. */
export async function roomOnPage(study: string, webDir: string, options: Partial<RoomOptions> = {}) {
  const faults: string[] = [];
  const room = await openRoom(study, {
    ...{ version: "test", command: [process.execPath], log: (text: string) => void faults.push(text) },
    ...options,
  });
  const app = await buildApp(room, { loopback: true, page: webDir });
  const url = `${await app.listen({ host: "127.0.0.1", port: 0 })}/`;
  const people = accountsOf({ room, client: () => new Client(app) });
  const close = async () => {
    await app.close();
    await closeRoom(room);
  };
  return { room, app, url, people, faults, close };
}

/** A window of somebody who is logged in, without the tour. */
export async function windowOf(
  { url }: RoomOnPage,
  client: Client,
  browser: Browser,
  colorScheme: "light" | "dark" = "light",
) {
  const context = await browser.newContext({ viewport: { width: 1360, height: 860 }, colorScheme });
  await logIn(context, url, client);
  await context.addInitScript("localStorage.setItem('marrow-tour-seen', 'yes')");
  const tab = await openTab(context, url, "#studies");
  await tab.page.getByText("Log out").waitFor();
  return { context, ...tab };
}

/** Gives a browser the session that a client has now. */
export const logIn = (context: BrowserContext, url: string, { cookie }: Client) =>
  context.addCookies([
    { name: "marrow", value: cookie.replace("marrow=", ""), url, httpOnly: true, sameSite: "Strict" },
  ]);

/** A picture for people to look at, where MARROW_SCREENSHOTS names a folder. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.MARROW_SCREENSHOTS;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
}
