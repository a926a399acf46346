/** Starts the reading room in the page. */
import type { Session, StudyInfo } from "../src/reading/contract/index.js";
import { ApiProblem, call, useSession } from "./api/client.js";
import { casesPage } from "./pages/cases-page.js";
import { jobsPage } from "./pages/jobs-page.js";
import { loginPage, setupPage } from "./pages/login-page.js";
import type { Page, PageContext } from "./pages/page.js";
import { peoplePage } from "./pages/people-page.js";
import { readingPage } from "./pages/reading-page.js";
import { resultsPage } from "./pages/results-page.js";
import { roundsPage } from "./pages/rounds-page.js";
import { scorePage } from "./pages/score-page.js";
import { studiesPage } from "./pages/studies-page.js";
import { studyReadingPage } from "./pages/study-reading-page.js";
import { fill, h } from "./ui/element.js";
import { attempt, noticePlace } from "./ui/notice.js";
import { problemBox } from "./ui/problem.js";
import { topBar } from "./ui/shell.js";
import { applyTheme } from "./ui/theme.js";

type Opener = (context: PageContext, parts: readonly string[]) => Promise<Page>;

/** What follows the # in the address, up to the first slash. */
const pages: Readonly<Record<string, Opener>> = {
  cases: casesPage,
  case: (context, [name, reader]) => readingPage(context, name ?? "", reader),
  rounds: roundsPage,
  score: (context, [name, template, channel]) => scorePage(context, name ?? "", template, channel),
  studies: studiesPage,
  reading: (context, [study]) => studyReadingPage(context, study ?? ""),
  results: resultsPage,
  jobs: jobsPage,
  people: peoplePage,
};

const root = h("div", { class: "root" });
let session: Session | undefined;
let page: Page | undefined;
/** Counts page changes, so that a page that arrives late is not shown. */
let turn = 0;

async function start(): Promise<void> {
  applyTheme();
  document.body.append(root, noticePlace);
  window.addEventListener("hashchange", () => attempt(showPage));
  // A page that comes back out of the browser's cache has closed its mask when it went.
  window.addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  try {
    enter(await call("session"));
  } catch (error) {
    showGate(error);
  }
}

function showGate(error: unknown): void {
  if (!(error instanceof ApiProblem) || error.problem.status !== 401) return showProblem(error);
  const gate = error.problem.code === "SESSION_SETUP" ? setupPage(enter) : loginPage(enter);
  fill(root, topBar(undefined, ""), h("main", {}, gate));
  gate.querySelector("input")?.focus();
}

function showProblem(error: unknown): void {
  fill(root, topBar(undefined, ""), h("main", { class: "narrow" }, problemBox(error)));
}

function enter(next: Session): void {
  session = next;
  useSession(next);
  attempt(showPage);
}

async function leave(): Promise<void> {
  turn++;
  await page?.close?.();
  page = undefined;
  await call("logout");
  session = undefined;
  useSession(undefined);
  showGate(await call("session").catch((error: unknown) => error));
}

async function showPage(): Promise<void> {
  if (!session) return;
  const mine = ++turn;
  await page?.close?.();
  page = undefined;
  const [address] = location.hash.slice(1).split("?");
  const [name, ...parts] = (address || "cases").split("/").map(decodeURIComponent);
  let study: StudyInfo | undefined;
  try {
    study = await call("study");
    const context: PageContext = { user: session.user, study, go: (to) => (location.hash = to) };
    const opened = await (pages[name] ?? casesPage)(context, parts);
    if (mine !== turn) return void opened.close?.();
    place(opened, name, study.name);
  } catch (error) {
    if (error instanceof ApiProblem && error.problem.status === 401) showGate(error);
    else if (mine !== turn) return;
    else if (study) place({ element: problemBox(error), title: "Not possible" }, name, study.name);
    else showProblem(error);
  }
}

function place(opened: Page, name: string, study: string): void {
  if (!session) return;
  page = opened;
  document.title = `${opened.title} · ${study} · Marrow`;
  const visitor = { user: session.user, study, onLogout: () => attempt(leave) };
  fill(root, topBar(visitor, name), h("main", {}, opened.element));
}

attempt(start);
