/** Tools that measure: distance and area by dragging, angles by three clicks. */
import { isMeasured, type Measurement } from "../core/measure.js";
import type { Tool } from "./pointer.js";
import type { Scene } from "./scene.js";

/** Drag from one point to another. */
export function distanceTool(scene: Scene): Tool {
  return {
    down: ({ point }) => draft(scene, { kind: "distance", points: [point, point] }),
    move: ({ point }) =>
      scene.draft && draft(scene, { kind: "distance", points: [scene.draft.points[0], point] }),
    up: () => keep(scene),
  };
}

/** Drag round something; the outline is closed when the button is let go. */
export function areaTool(scene: Scene): Tool {
  return {
    down: ({ point }) => draft(scene, { kind: "area", points: [point] }),
    move: ({ point }) =>
      scene.draft && draft(scene, { kind: "area", points: [...scene.draft.points, point] }),
    up: () => keep(scene),
  };
}

/** Click an end, the vertex, the other end; the last line follows the pointer. */
export function angleTool(scene: Scene): Tool {
  /** Points that were clicked. */
  const clicked = () => (scene.draft?.kind === "angle" ? scene.draft.points.slice(0, -1) : []);
  return {
    down: ({ point }) => {
      const points = [...clicked(), point];
      if (points.length < 3) return draft(scene, { kind: "angle", points: [...points, point] });
      draft(scene, { kind: "angle", points });
      keep(scene);
    },
    hover: ({ point }) => {
      const points = clicked();
      if (points.length > 0) draft(scene, { kind: "angle", points: [...points, point] });
    },
  };
}

function draft(scene: Scene, measurement: Measurement): void {
  scene.draft = measurement;
  scene.changed();
}

function keep(scene: Scene): void {
  const { draft: measurement } = scene;
  scene.draft = undefined;
  if (measurement && isMeasured(measurement)) scene.measurements = [...scene.measurements, measurement];
  scene.changed();
}
