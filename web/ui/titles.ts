/** How states of the API are called in the page. */
import type { CaseState, JobState, ProgressState } from "../../src/reading/contract/index.js";

export const stateTitles: Readonly<Record<CaseState, string>> = {
  new: "New",
  segmented: "Segmented",
  corrected: "Drawn or corrected",
  reviewed: "Reviewed",
  agreed: "Agreed",
};

export const progressTitles: Readonly<Record<ProgressState, string>> = {
  none: "not begun",
  drawing: "being drawn",
  submitted: "submitted",
  returned: "returned with a comment",
  accepted: "accepted",
};

export const jobTitles: Readonly<Record<JobState, string>> = {
  waiting: "Waiting",
  running: "Running",
  done: "Done",
  failed: "Failed",
  cancelled: "Cancelled",
};
