/** A case, open for looking and drawing. */
import { transformPoint } from "../../src/volume/geometry.js";
import type { CaseEntry, MaskEntry, Opened } from "../../src/reading/contract/index.js";
import { call, callForBytes } from "../api/client.js";
import { listen } from "../api/live.js";
import { button, dropDown } from "../ui/controls.js";
import { ask } from "../ui/dialog.js";
import { fill, h } from "../ui/element.js";
import { attempt, notify, notifyProblem } from "../ui/notice.js";
import { stateTitles } from "../ui/titles.js";
import { comparePanel, MaskShelf } from "../viewer/compare-panel.js";
import { DrawingSession } from "../viewer/drawing-session.js";
import { finishPanel } from "../viewer/finish-panel.js";
import { heatPanel } from "../viewer/heat-panel.js";
import { loadImage } from "../viewer/load-images.js";
import { ReadingScreen } from "../viewer/reading-screen.js";
import { resultsPanel } from "../viewer/results-panel.js";
import { saveBadge, type SaveBadge } from "../viewer/save-badge.js";
import { Scene, type SceneImage } from "../viewer/scene.js";
import { openHelp } from "../viewer/help.js";
import { offerTour, startTour } from "../viewer/tour.js";
import type { Page, PageContext } from "./page.js";

/** `reader`: whose mask a senior draws on; absent: one's own. An agreed case is shown for looking only, with the agreed mask. */
export async function readingPage(context: PageContext, caseName: string, reader?: string): Promise<Page> {
  const at = { case: caseName };
  const [{ cases }, { masks }] = await Promise.all([call("cases"), call("masks", { at })]);
  const entry = cases.find((one) => one.case === caseName);
  if (!entry) return missingPage(caseName);
  const scene = await firstScene(context, entry);
  const badge = saveBadge();
  const isAgreed = entry.state === "agreed";
  const session = isAgreed ? undefined : await openSession(context, { entry, masks, scene, badge, reader });
  const seen = isAgreed ? (reader === undefined ? "consensus" : `reader.${reader}`) : undefined;
  scene.mask = session?.mask ?? (seen === undefined ? undefined : await maskToSee(scene, caseName, seen));
  const shown = session ? `reader.${session.reader}` : seen;
  const shelf = new MaskShelf(caseName, scene, () => shown);
  const listed = shown === undefined ? masks : withShown(masks, shown, session?.reader);
  const preview = h("div", { class: "preview-bar", "aria-live": "polite" });
  const finish = finishPanel({
    user: context.user,
    entry,
    saved: () => session?.settled() ?? Promise.resolve(),
    // Agreed or taken back: the page is another one.
    onChange: ({ state }) => {
      if ((state === "agreed") !== isAgreed) context.go(`case/${caseName}?${isAgreed ? "open" : "agreed"}`);
    },
    onPreview: (voxels, title) => showPreview(scene, preview, voxels, title),
  });
  const compare = comparePanel(scene, shelf, listed);
  const heat = heatPanel(caseName, scene);
  const saved = () => session?.settled() ?? Promise.resolve();
  const results = resultsPanel({ user: context.user, caseName, masks: listed, saved });
  const screen = new ReadingScreen(
    { user: context.user, scene, sequences: channelsOf(context, entry), session },
    [compare, heat, results, finish],
  );
  screen.addImage(scene.images[0]);
  scene.changed("mask");
  loadRest(context, entry, scene, screen);
  const stop = watch(context, entry, session);
  const element = h(
    "div",
    { class: "reading-page" },
    heading(context, entry, { session, badge, reader }),
    preview,
    screen.element,
  );
  // After the page is in place, so that the tour finds what it points at.
  setTimeout(offerTour);
  const leave = () => session?.leave();
  window.addEventListener("pagehide", leave);
  const close = async () => {
    window.removeEventListener("pagehide", leave);
    stop();
    screen.close();
    await Promise.race([session?.close(), new Promise((resume) => setTimeout(resume, 1500))]);
    session?.abandon();
  };
  return { element, title: caseName, close };
}

/** A mask for looking only. */
async function maskToSee(scene: Scene, caseName: string, source: string): Promise<Scene["mask"]> {
  try {
    const { bytes } = await callForBytes("maskVoxels", { at: { case: caseName, source } });
    const { size, affine } = scene.images[0];
    return { data: new Uint8Array(bytes), size, affine };
  } catch (error) {
    notifyProblem(error);
    return undefined;
  }
}

/** A consensus that was not written, in place of the mask until it is put away. */
function showPreview(scene: Scene, bar: HTMLElement, data: Uint8Array<ArrayBuffer>, title: string): void {
  const { size, affine } = scene.images[0];
  scene.comparison = { mask: { data, size, affine }, labels: scene.labels };
  scene.changed("mask");
  const stop = () => {
    scene.comparison = undefined;
    scene.changed("mask");
    fill(bar);
  };
  fill(
    bar,
    h("span", {}, `Preview of the consensus (${title}). Nothing is written.`),
    button("Back to the mask", stop),
  );
}

function missingPage(caseName: string): Page {
  const text = `There is no case ${caseName} in this study, or you may not see it.`;
  const back = h("a", { href: "#cases" }, "Back to the work list");
  return { element: h("div", { class: "narrow" }, h("p", {}, text), back), title: "No such case" };
}

/** Sequences of a case, those of the task first: the mask lies on the first one's grid. */
function channelsOf({ study }: PageContext, { channels }: CaseEntry): string[] {
  return [...new Set([...study.channels.filter((name) => channels.includes(name)), ...channels])];
}

async function firstScene(context: PageContext, entry: CaseEntry): Promise<Scene> {
  const scene = new Scene();
  const image = await loadImage(entry.case, channelsOf(context, entry)[0]);
  scene.images = [image];
  scene.labels = context.study.labels;
  const middle = image.size.map((n) => Math.floor((n - 1) / 2));
  scene.point = transformPoint(image.affine, [middle[0], middle[1], middle[2]]);
  return scene;
}

function loadRest(context: PageContext, entry: CaseEntry, scene: Scene, screen: ReadingScreen): void {
  for (const channel of channelsOf(context, entry).slice(1))
    attempt(async () => {
      const image: SceneImage = await loadImage(entry.case, channel);
      scene.images = [...scene.images, image];
      screen.addImage(image);
    });
}

interface Opening {
  readonly entry: CaseEntry;
  readonly masks: readonly MaskEntry[];
  readonly scene: Scene;
  readonly badge: SaveBadge;
  readonly reader: string | undefined;
}

/** Opens the mask for drawing; where that is refused the case is shown for looking only, with the reason. */
async function openSession({ user }: PageContext, opening: Opening): Promise<DrawingSession | undefined> {
  const { entry, masks, scene, badge, reader } = opening;
  const from = reader === undefined ? await startingMask(masks) : undefined;
  try {
    return await DrawingSession.open({
      caseName: entry.case,
      user: user.name,
      ...(reader !== undefined && { reader }),
      ...(from !== undefined && { from }),
      grid: scene.images[0],
      onState: badge.show,
      askAboutKept,
    });
  } catch (error) {
    notifyProblem(error);
    return undefined;
  }
}

const askAboutKept = async (strokes: number) =>
  (await ask({
    title: "Strokes that were not saved",
    text: `${strokes} of your strokes from the last visit were not saved, and somebody has drawn on this mask since. Add them now?`,
    yes: "Add them",
  })) !== undefined;

/** Asks what a first drawing starts from where a model has segmented the case. */
async function startingMask(masks: readonly MaskEntry[]): Promise<string | undefined> {
  const models = masks.filter(({ kind }) => kind === "segmentation" || kind === "run");
  if (models.length === 0 || masks.some(({ mine }) => mine)) return undefined;
  return new Promise((resolve) => {
    const choices = [
      ...models.map(({ source, title }) => ({ value: source, text: title })),
      { value: "", text: "An empty mask" },
    ];
    let chosen = choices[0].value;
    const list = dropDown("Start from", choices, chosen, (value) => (chosen = value));
    const start = h("button", { type: "button", class: "primary", onclick: () => dialog.close() }, "Start");
    const text = "A model has segmented this case. You can correct its mask or draw from nothing.";
    const dialog = h(
      "dialog",
      { "aria-label": "Start drawing" },
      h("h2", {}, "Start drawing"),
      h("p", {}, text),
      list.element,
      h("footer", {}, start),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(chosen === "" ? undefined : chosen);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** The masks to compare, with the one on the screen first. */
function withShown(masks: readonly MaskEntry[], source: string, drawnBy?: string): MaskEntry[] {
  const begun =
    drawnBy === undefined ? [] : [{ source, kind: "reader" as const, title: drawnBy, mine: true }];
  const known = masks.filter((entry) => entry.source === source);
  return [...(known.length > 0 ? known : begun), ...masks.filter((entry) => entry.source !== source)];
}

/** Tells of others who have the same mask open, or have drawn on it. */
function watch({ user, go }: PageContext, entry: CaseEntry, session: DrawingSession | undefined): () => void {
  for (const other of session?.opened.others ?? []) notify(presenceText(other, user.name));
  return listen({
    presence: ({ case: name, open }) => {
      const others = open.filter((one) => one !== user.name);
      if (name === entry.case && others.length > 0) notify(`Also open with: ${others.join(", ")}.`);
    },
    stroke: ({ case: name, reader, version, by }) => {
      if (
        name !== entry.case ||
        reader !== session?.reader ||
        by === user.name ||
        !session.isForeign(version)
      )
        return;
      notify(`${by} has just drawn on this mask. It is read again.`);
      go(`case/${entry.case}/${reader}?again=${version}`);
    },
  });
}

function presenceText({ user, sameMask }: Opened["others"][number], me: string): string {
  const who = user === me ? "You have" : `${user} has`;
  if (sameMask)
    return `${who} this very mask open elsewhere too. Whoever saves second is told; nothing is overwritten.`;
  return user === me
    ? "You have this case open elsewhere too."
    : `${user} is drawing on this case too, on a mask of their own.`;
}

interface Shown {
  readonly session: DrawingSession | undefined;
  readonly badge: SaveBadge;
  readonly reader: string | undefined;
}

/** Whose mask is on the screen, and whether it can be drawn on. */
function shownText({ state }: CaseEntry, { session, reader }: Shown): string {
  if (session) return `Mask of ${session.reader}`;
  if (state !== "agreed") return "Looking only";
  return `${reader === undefined ? "Agreed mask" : `Mask of ${reader}`}, looking only`;
}

function heading(context: PageContext, entry: CaseEntry, shown: Shown) {
  const { session, badge } = shown;
  const place = h("div", { class: "case-heading" });
  fill(
    place,
    h("a", { href: "#cases" }, "← Work list"),
    h("h1", {}, entry.case),
    h("span", { class: `state state-${entry.state}` }, stateTitles[entry.state]),
    h("span", { class: "hint" }, shownText(entry, shown)),
    session && badge.element,
    whoseMask(context, entry, shown.reader),
    h("a", { href: `#score/${entry.case}` }, "Score"),
    button("Tour", startTour, { class: "quiet" }),
    button("Keys", openHelp, { class: "quiet" }),
  );
  return place;
}

/** For seniors: whose mask to draw on, or of an agreed case to look at. */
function whoseMask({ user, go }: PageContext, entry: CaseEntry, shown: string | undefined) {
  const isAgreed = entry.state === "agreed";
  const begun = isAgreed ? entry.progress.filter(({ state }) => state !== "none") : entry.progress;
  const readers = begun.map(({ reader }) => reader).filter((reader) => isAgreed || reader !== user.name);
  if (user.role === "reader" || readers.length === 0) return undefined;
  const choices = [
    { value: "", text: isAgreed ? "Agreed mask" : "My own mask" },
    ...readers.map((reader) => ({ value: reader, text: `Mask of ${reader}` })),
  ];
  const chosen = readers.find((reader) => reader === shown) ?? "";
  const list = dropDown(isAgreed ? "Look at" : "Draw on", choices, chosen, (reader) =>
    go(reader === "" ? `case/${entry.case}` : `case/${entry.case}/${reader}`),
  );
  return list.element;
}
