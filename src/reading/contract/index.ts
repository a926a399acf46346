/**
 * The contract between the server and the page: every route of the API with its schemas, as data. The page may import this
 * room's contract and nothing else of the server's side; it needs nothing but zod.
 */
import { caseRoutes } from "./cases.js";
import { drawingRoutes } from "./drawing.js";
import { exportRoutes } from "./export.js";
import { importRoutes } from "./import.js";
import { jobRoutes } from "./jobs.js";
import { readerStudyRoutes } from "./reader-studies.js";
import { resultRoutes } from "./results.js";
import { reviewRoutes } from "./review.js";
import { scoringRoutes } from "./scoring.js";
import { sessionRoutes } from "./session.js";

export const routes = {
  ...sessionRoutes,
  ...caseRoutes,
  ...drawingRoutes,
  ...reviewRoutes,
  ...jobRoutes,
  ...importRoutes,
  ...resultRoutes,
  ...exportRoutes,
  ...scoringRoutes,
  ...readerStudyRoutes,
} as const;

export type RouteName = keyof typeof routes;
export const csrfHeader = "x-marrow-csrf";
export const versionHeader = "x-marrow-version";

export * from "./cases.js";
export * from "./drawing.js";
export * from "./export.js";
export * from "./import.js";
export * from "./jobs.js";
export * from "./names.js";
export * from "./problem.js";
export * from "./reader-studies.js";
export * from "./results.js";
export * from "./review.js";
export * from "./route.js";
export * from "./scoring.js";
export * from "./session.js";
