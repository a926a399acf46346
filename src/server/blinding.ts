/**
 * Readers of an open reader study see its cases in their readings alone. Whatever else the API offers of these cases is
 * refused to them, whatever their role, and of what spans cases (rounds, jobs to be started, results, the audit log) only
 * what is named here is left: a route that is added later is closed to them until somebody has thought about it.
 */
import { MarrowError } from "../base/errors.js";
import type { RouteName, User } from "../reading/contract/index.js";
import type { Room } from "./room.js";

const leftOpen: ReadonlySet<string> = new Set<RouteName>([
  ...(["logout", "changePassword", "study", "cases", "jobs", "events", "scoringTemplates"] as const),
  ...(["myReaderStudies", "nextReading", "readingImageMeta", "readingImageVoxels", "readingMask"] as const),
  ...(["readingStroke", "readingClock", "readingScore", "saveReadingScore", "suggestReadingScore"] as const),
  "finishReading",
]);

/** Throws READER_STUDY_BLINDED. */
export function refuseBlinded(
  { readerStudies }: Room,
  route: RouteName,
  { name }: User,
  { case: caseId }: Readonly<Record<string, string>>,
): void {
  const hidden = readerStudies.hiddenFrom(name);
  if (hidden.size === 0) return;
  const isOpen = caseId === undefined ? leftOpen.has(route) : !hidden.has(caseId);
  if (!isOpen) throw new MarrowError("READER_STUDY_BLINDED");
}
