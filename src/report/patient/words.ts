/** Plain words of the patient's page: what the measures are called there, and what a model of each task cannot see. */
import type { MeasureName } from "../../quantify/catalogue.js";

/** Measures that the page shows, in this order, in words a clinician uses. */
export const plainMeasures: readonly (readonly [MeasureName, string])[] = [
  ["volume-ml", "Volume of lesions"],
  ["lesion-count", "Number of lesions"],
  ["largest-diameter", "Largest diameter"],
  ["subchondral-share", "Share of the bone next to the joint that is affected"],
  ["sparcc-fat", "Fat score, SPARCC-like, suggested by the mask"],
  ["sparcc-inflammation", "Inflammation score, SPARCC-like, suggested by the mask"],
  ["unet-score", "UNet-score (paper 2)"],
  ["head-oedema", "Oedema of the femoral head"],
  ["acetabulum-oedema", "Oedema of the acetabulum"],
  ["effusion-volume", "Effusion"],
];

const everywhere = [
  "It sees one sequence of one examination: no other images, no history, no laboratory values.",
  "It knows nothing of fractures, tumours, infections or anything else it was not trained to outline.",
  "On scanners, protocols or patients unlike those it was trained on it may fail without notice.",
];

const ofTask: Readonly<Record<string, readonly string[]>> = {
  "sij-fat": [
    "It outlines fat metaplasia on T1 alone: not oedema, erosion, sclerosis or ankylosis.",
    "Normal fat (sacral foramina, joint space, muscle) may be taken for a lesion, and small patches may be missed.",
    "Fat metaplasia also occurs without axial spondyloarthritis.",
  ],
  "hip-inflammation": [
    "It outlines femoral head, oedema and effusion on STIR: not erosion, fat, enthesitis or ankylosis.",
    "Oedema has many causes; the page cannot tell them apart.",
  ],
  "sij-oedema": [
    "It outlines marrow oedema on STIR alone: not fat metaplasia, erosion, sclerosis or ankylosis.",
    "Vessels, fluid and coil artefacts may look like oedema; mechanical oedema cannot be told from inflammation.",
  ],
};

/** What a model of this task cannot see. */
export const blindSpots = (task: string): readonly string[] => [...(ofTask[task] ?? []), ...everywhere];
