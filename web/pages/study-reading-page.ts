/** A reading of a reader study: pictures, drawing, score and questions of one case that has no name. */
import type { OpenReading } from "../../src/reading/contract/index.js";
import { call } from "../api/client.js";
import { emptySheet } from "../core/score-sheet.js";
import { button, group } from "../ui/controls.js";
import { ask } from "../ui/dialog.js";
import { h } from "../ui/element.js";
import { attempt, notify } from "../ui/notice.js";
import { answerPanel } from "../viewer/answer-panel.js";
import { DrawingSession } from "../viewer/drawing-session.js";
import { openHelp } from "../viewer/help.js";
import { loadReadingImage } from "../viewer/load-images.js";
import { readingDoor } from "../viewer/mask-door.js";
import { ReadingClock } from "../viewer/reading-clock.js";
import { ReadingScreen } from "../viewer/reading-screen.js";
import { saveBadge } from "../viewer/save-badge.js";
import { Scene } from "../viewer/scene.js";
import { layersPart } from "../viewer/shown-layers.js";
import { scoreBadge } from "../viewer/score-badge.js";
import { ScoreState, type ScoreDoor } from "../viewer/score-state.js";
import type { Page, PageContext } from "./page.js";
import { middleOf, scoringScreen } from "./score-page.js";

/** Opens the reader's next reading of a study. */
export async function studyReadingPage(context: PageContext, study: string): Promise<Page> {
  const reading = await call("nextReading", { at: { id: study } });
  const scene = await sceneOf(reading);
  const badge = saveBadge();
  const session = reading.token === null ? undefined : await drawingOf(context, reading, scene, badge.show);
  scene.mask = session?.mask;
  const clock = new ReadingClock(reading.id, reading.seconds);
  const answers = answerPanel(reading);
  const shown = await layersPart(reading, scene);
  const score = await scoreOf(reading);
  const saved = async () => {
    await session?.settled();
    if (session && !session.isSaved) throw new Error("Some strokes are not saved yet.");
  };
  const finish = () => finishReading({ reading, clock, answers, saved, score, go: context.go });
  const finishPart = group(
    "Finish",
    button("Finish this reading", () => attempt(finish), { class: "primary" }),
  );
  const lead = [introduction(reading), ...(shown ? [shown] : [])];
  const panels = [...answers.elements, finishPart];
  const screen = score
    ? scoringScreen(context, scene, score.state, score.door, { lead, panels }).screen
    : drawingScreen(context, scene, session, lead, panels);
  const element = h(
    "div",
    { class: "reading-page" },
    heading(reading, session && badge.element, score?.badge.element, clock),
    screen.element,
  );
  // The pictures are there with the next frame: from then on the time counts.
  requestAnimationFrame(() => clock.start());
  const close = async () => {
    clock.leave();
    screen.close();
    await Promise.race([session?.close(), new Promise((resume) => setTimeout(resume, 1500))]);
    session?.abandon();
  };
  return { element, title: `Reading ${reading.number}`, close };
}

async function sceneOf({ id, channels, labels }: OpenReading): Promise<Scene> {
  const scene = new Scene();
  scene.images = await Promise.all(channels.map((channel) => loadReadingImage(id, channel)));
  scene.labels = labels;
  scene.point = middleOf(scene);
  return scene;
}

function drawingOf(
  { user }: PageContext,
  reading: OpenReading,
  scene: Scene,
  onState: ReturnType<typeof saveBadge>["show"],
) {
  return DrawingSession.open({
    ...{ caseName: `reading ${reading.id}`, user: user.name, grid: scene.images[0], onState },
    door: readingDoor(reading, user.name),
    askAboutKept: async (strokes) =>
      (await ask({
        title: "Strokes that were not saved",
        text: `${strokes} of your strokes from the last visit were not saved. Add them now?`,
        yes: "Add them",
      })) !== undefined,
  });
}

function drawingScreen(
  { user }: PageContext,
  scene: Scene,
  session: DrawingSession | undefined,
  lead: readonly HTMLElement[],
  panels: readonly HTMLElement[],
) {
  const sequences = scene.images.map(({ name }) => name);
  const screen = new ReadingScreen({ user, scene, sequences, session, lead }, panels);
  for (const image of scene.images) screen.addImage(image);
  scene.changed("mask");
  return screen;
}

const introduction = ({ title, instructions, isAssisted }: OpenReading) =>
  group(
    title,
    instructions !== "" && h("p", {}, instructions),
    h(
      "p",
      { class: "hint" },
      isAssisted
        ? "In this reading you see what the model found."
        : "In this reading you read without the model.",
    ),
  );

async function scoreOf({ id, tasks: { scoring }, channels }: OpenReading) {
  if (!scoring) return undefined;
  const saved = await call("readingScore", { at: { id } });
  const badge = scoreBadge();
  const door: ScoreDoor = {
    save: (sheet, baseVersion, isDone) =>
      call("saveReadingScore", { at: { id }, body: { sheet, baseVersion, isDone } }),
    suggesters: scoring.suggestions ? [{ value: "model", text: "Model" }] : [],
    suggest: (sheet) => call("suggestReadingScore", { at: { id }, body: { sheet } }),
  };
  const state = new ScoreState(
    scoring.template,
    saved.sheet ?? emptySheet(channels[0]),
    saved,
    door,
    badge.show,
  );
  return { state, door, badge };
}

function heading(
  { number, of }: OpenReading,
  drawn: HTMLElement | undefined,
  scored: HTMLElement | undefined,
  clock: ReadingClock,
): HTMLElement {
  return h(
    "div",
    { class: "case-heading" },
    h("a", { href: "#studies" }, "← Reader studies"),
    h("h1", {}, `Reading ${number} of ${of}`),
    drawn,
    scored,
    button("Pause", () => pause(clock), { title: "The pictures are covered and the time stands still." }),
    button("Keys", openHelp, { class: "quiet" }),
  );
}

/** Covers everything: what cannot be seen costs no time. */
function pause(clock: ReadingClock): void {
  clock.pause();
  const onclick = () => {
    dialog.close();
    // The dialog tells that it was closed later; until then the pictures would be seen for nothing.
    clock.start();
  };
  const goOn = h("button", { type: "button", class: "primary", onclick }, "Go on");
  const dialog = h(
    "dialog",
    { "aria-label": "Paused", class: "paused" },
    h("h2", {}, "Paused"),
    h("p", {}, "The time of this reading stands still."),
    goOn,
  );
  dialog.addEventListener("close", () => {
    dialog.remove();
    clock.start();
  });
  document.body.append(dialog);
  dialog.showModal();
}

interface Ending {
  readonly reading: OpenReading;
  readonly clock: ReadingClock;
  readonly answers: ReturnType<typeof answerPanel>;
  readonly saved: () => Promise<void>;
  readonly score: { readonly state: ScoreState } | undefined;
  readonly go: PageContext["go"];
}

async function finishReading({ reading, clock, answers, saved, score, go }: Ending): Promise<void> {
  const said = answers.read();
  if (typeof said === "string") return notify(said);
  if (score && !score.state.isDone) return notify("Finish the score first.");
  const sure = await ask({
    title: "Finish this reading",
    text: "It is locked then: it cannot be opened or changed again.",
    yes: "Finish",
  });
  if (sure === undefined) return;
  await saved();
  await call("finishReading", { at: { id: reading.id }, body: { ...said, pageMs: clock.ms } });
  clock.stop();
  // The next one begins when the reader says so: its time counts from its first sight.
  go("studies");
}
