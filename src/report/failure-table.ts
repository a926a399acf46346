import { tableOf, text } from "./table/columns.js";
import type { Table } from "./table.js";

/** A case that was left out, and why. */
export interface Failure {
  readonly id: string;
  readonly code: string;
  readonly message: string;
}

/** Cases that could not be evaluated or measured. */
export const failureTable = (failures: readonly Failure[]): Table =>
  tableOf("Cases left out", failures, [
    text("Case", ({ id }) => id),
    text("Code", ({ code }) => code),
    text("What happened", ({ message }) => message),
  ]);
