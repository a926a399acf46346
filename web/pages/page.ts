/** What every page of the reading room gets and gives. */
import type { StudyInfo, User } from "../../src/reading/contract/index.js";

export interface PageContext {
  readonly user: User;
  readonly study: StudyInfo;
  /** Goes to another page: "cases", "case/sub-01", "rounds" … */
  readonly go: (address: string) => void;
}

export interface Page {
  readonly element: HTMLElement;
  readonly title: string;
  /** Ends what the page has running, before another one is shown. */
  readonly close?: () => Promise<void> | void;
}
