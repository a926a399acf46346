/** The audit of a patient as files: JSON for programs, text for people. Neither holds a value of the originals. */
import { actionNames, type Audit } from "./audit.js";
import { profileOptions, type OptionName } from "./options.js";

export interface PatientAudit {
  readonly pseudonym: string;
  readonly files: number;
  /** Files held back, by reason code. */
  readonly held: Readonly<Record<string, number>>;
  readonly audit: Audit;
}

const profile = "DICOM PS3.15 Annex E, Basic Application Level Confidentiality Profile";

export function auditJson(
  { pseudonym, files, held, audit }: PatientAudit,
  options: readonly OptionName[],
): string {
  const report = { profile, options, pseudonym, files, held, attributes: audit.entries() };
  return `${JSON.stringify(report, null, 1)}\n`;
}

export function auditText(
  { pseudonym, files, held, audit }: PatientAudit,
  options: readonly OptionName[],
): string {
  const heldLines = Object.entries(held).map(([code, count]) => `  ${code}: ${count}`);
  const lines = audit
    .entries()
    .map(
      ({ attribute, keyword, action, count }) =>
        `  ${attribute} ${keyword}: ${actionNames[action]}, ${count} ×`,
    );
  return [
    `De-identification of ${pseudonym}: ${files} files. Research use only.`,
    profile,
    ...options.map((name) => `  with ${profileOptions[name].meaning}`),
    ...(heldLines.length > 0 ? ["Held back:", ...heldLines] : []),
    "Attributes:",
    ...lines,
    "",
  ].join("\n");
}
