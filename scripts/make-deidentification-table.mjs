/**
 * Writes src/dicom/deidentify/profile-data.ts: DICOM PS3.15 Table E.1-1 in Marrow's own compact form.
 *
 *   node scripts/make-deidentification-table.mjs confidentiality_profile_attributes.json > src/dicom/deidentify/profile-data.ts
 *
 * Input: the table as JSON from https://github.com/innolitics/dicom-standard (MIT), commit 7f4749d of 2025-01-28. Keywords
 * are those of PS3.6, from the dictionary in dcmjs.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { nameMap } = createRequire(import.meta.url)("dcmjs").data.DicomMetaDictionary;
const keywords = new Map(
  Object.entries(nameMap).map(([keyword, { tag }]) => [tag, keyword.replace(/^RETIRED_/, "")]),
);

/** Columns of options, and the letter each has in the compact form (options.ts explains them). */
const columns = {
  rtnSafePrivOpt: "P",
  rtnUIDsOpt: "U",
  rtnDevIdOpt: "D",
  rtnInstIdOpt: "I",
  rtnPatCharsOpt: "C",
  rtnLongFullDatesOpt: "F",
  rtnLongModifDatesOpt: "M",
  cleanDescOpt: "T",
  cleanStructContOpt: "S",
  cleanGraphOpt: "G",
};

function lineOf(row) {
  const isPrivate = row.tag.startsWith("(GGGG");
  const tag = isPrivate ? "private" : row.tag.replace(/[(),]/g, "").replaceAll("X", "x");
  const options = Object.entries(columns).flatMap(([column, letter]) =>
    row[column] ? [`${letter}:${row[column]}`] : [],
  );
  const keyword = (/^[0-9A-F]{8}$/.test(tag) && keywords.get(row.tag)) || row.name.replace(/\W+/g, "");
  return [tag, keyword, row.basicProfile, options.join(" ")].join("|").replace(/\|$/, "");
}

const rows = JSON.parse(readFileSync(process.argv[2], "utf8"));
const lines = rows.map(lineOf).sort();

process.stdout.write(`/* eslint-disable max-lines */
/**
 * DICOM PS3.15 Table E.1-1, "Application Level Confidentiality Profile Attributes": a transcription of the public
 * standard, edition current on 28 January 2025, ${rows.length} rows. Made by scripts/make-deidentification-table.mjs; not edited by
 * hand. Each line: tag (x is any digit) | keyword | action of the Basic Profile | letter:action of each option (options.ts).
 */
export const profileData = \`
${lines.join("\n")}
\`;
`);
