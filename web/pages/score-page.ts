/** Scoring a case by eye, outside reader studies. */
import type { MaskEntry, ScoringTemplate, TemplateName } from "../../src/reading/contract/index.js";
import { unflatten } from "../../src/reading/scoring/slice-frame.js";
import { transformPoint } from "../../src/volume/geometry.js";
import { call } from "../api/client.js";
import { emptySheet } from "../core/score-sheet.js";
import { button, dropDown } from "../ui/controls.js";
import { fill, h } from "../ui/element.js";
import { notify } from "../ui/notice.js";
import { loadImage } from "../viewer/load-images.js";
import { openHelp } from "../viewer/help.js";
import { ReadingScreen } from "../viewer/reading-screen.js";
import { RegionDrawing } from "../viewer/region-drawing.js";
import { scoreBadge } from "../viewer/score-badge.js";
import { ScoreState, type ScoreDoor } from "../viewer/score-state.js";
import { scoringPanel } from "../viewer/scoring-panel.js";
import { Scene } from "../viewer/scene.js";
import type { Page, PageContext } from "./page.js";

/** `name` is the template; without it the choice is offered. */
export async function scorePage(
  context: PageContext,
  caseName: string,
  name?: string,
  channel?: string,
): Promise<Page> {
  const { templates } = await call("scoringTemplates");
  const template = templates.find((one) => one.name === name);
  if (!template) return choicePage(caseName, templates, context);
  const at = { case: caseName, template: template.name };
  const [saved, { masks }] = await Promise.all([
    call("score", { at }),
    call("masks", { at: { case: caseName } }),
  ]);
  const scored = channel ?? saved.sheet?.channel ?? context.study.channels[0];
  const scene = await sceneOf(context, caseName, scored);
  const door = caseDoor(caseName, template.name, masks);
  const badge = scoreBadge();
  const sheet = saved.sheet?.channel === scored ? saved.sheet : emptySheet(scored);
  const state = new ScoreState(template, sheet, saved, door, badge.show);
  const { screen, drawing } = scoringScreen(context, scene, state, door);
  const heading = h(
    "div",
    { class: "case-heading" },
    h("a", { href: `#case/${caseName}` }, "← Case"),
    h("h1", {}, `${caseName}: ${template.title}`),
    badge.element,
    channelList(context, caseName, template, scored),
    button("Keys", openHelp, { class: "quiet" }),
  );
  if (drawing.frame.plane !== "coronal")
    notify(`These slices are ${drawing.frame.plane}; the score is defined on coronal ones.`);
  const close = async () => {
    screen.close();
    if (badge.isWaiting()) await state.save(state.isDone).catch(() => undefined);
  };
  const element = h("div", { class: "reading-page" }, heading, screen.element);
  return { element, title: `Score of ${caseName}`, close };
}

/** The reading screen with regions on its pictures and the form beside them. */
export function scoringScreen(
  { user }: Pick<PageContext, "user">,
  scene: Scene,
  state: ScoreState,
  door: ScoreDoor,
  { lead = [], panels = [] }: { lead?: readonly HTMLElement[]; panels?: readonly HTMLElement[] } = {},
) {
  const drawing = new RegionDrawing(scene, state);
  const goTo = (slice: number) => {
    const { frame } = drawing;
    const [x, y] = [dotOf(frame.left, scene.point), dotOf(frame.up, scene.point)];
    scene.point = unflatten(frame, [x, y], slice);
    scene.changed();
  };
  const panel = scoringPanel({
    ...{ state, drawing, door, goTo, onScene: (listener) => scene.onChange(listener) },
  });
  const sequences = scene.images.map(({ name }) => name);
  const screen = new ReadingScreen(
    { user, scene, sequences, session: undefined, lead: [...lead, panel] },
    panels,
  );
  for (const image of scene.images) screen.addImage(image);
  drawing.connect(screen.grid.element, (canvas) => screen.grid.panes.find((pane) => pane.canvas === canvas));
  scene.changed("mask");
  return { screen, drawing };
}

const dotOf = (a: readonly [number, number, number], b: readonly [number, number, number]) =>
  a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

async function sceneOf({ study }: PageContext, caseName: string, channel: string): Promise<Scene> {
  const scene = new Scene();
  const names = [channel, ...study.channels.filter((name) => name !== channel)];
  scene.images = await Promise.all(names.map((name) => loadImage(caseName, name)));
  scene.point = middleOf(scene);
  return scene;
}

export function middleOf({ images: [image] }: Scene) {
  const middle = image.size.map((n) => Math.floor((n - 1) / 2));
  return transformPoint(image.affine, [middle[0], middle[1], middle[2]]);
}

function caseDoor(caseName: string, template: TemplateName, masks: readonly MaskEntry[]): ScoreDoor {
  const at = { case: caseName, template };
  return {
    save: (sheet, baseVersion, isDone) => call("saveScore", { at, body: { sheet, baseVersion, isDone } }),
    suggesters: masks.map(({ source, title }) => ({ value: source, text: title })),
    suggest: (sheet, source) => call("suggestScore", { at, body: { sheet, source } }),
  };
}

function channelList(
  { study, go }: PageContext,
  caseName: string,
  template: ScoringTemplate,
  scored: string,
) {
  if (study.channels.length < 2) return undefined;
  const choices = study.channels.map((value) => ({ value, text: value }));
  return dropDown("Scored sequence", choices, scored, (channel) =>
    go(`score/${caseName}/${template.name}/${channel}`),
  ).element;
}

function choicePage(caseName: string, templates: readonly ScoringTemplate[], { go }: PageContext): Page {
  const list = h("div", { class: "cards" });
  fill(
    list,
    templates.map((template) =>
      h(
        "section",
        { class: "card", "aria-label": template.title },
        h("h2", {}, template.title),
        h(
          "ul",
          {},
          template.items.map(({ title, maximum }) => h("li", {}, `${title}, 0 to ${maximum}`)),
        ),
        button("Score", () => go(`score/${caseName}/${template.name}`), {
          class: "primary",
          "aria-label": `Score ${template.title}`,
        }),
      ),
    ),
  );
  const back = h("a", { href: `#case/${caseName}` }, "← Case");
  return {
    element: h("div", { class: "wide" }, back, h("h1", {}, `Score ${caseName}`), list),
    title: `Score ${caseName}`,
  };
}
