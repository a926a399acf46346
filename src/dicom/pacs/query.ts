/** Queries: the attributes asked for, and by which a study or series is found (PS3.4 section C.6.2). */

export type Level = "study" | "series" | "instance";

export interface PacsQuery {
  readonly level: Level;
  /** `DOE*`: PACS match `*` and `?`. */
  readonly patientName?: string | undefined;
  readonly patientId?: string | undefined;
  /** One date, or a range: `20240101-20241231`. */
  readonly date?: string | undefined;
  readonly accession?: string | undefined;
  readonly modality?: string | undefined;
  readonly description?: string | undefined;
  readonly study?: string | undefined;
  readonly series?: string | undefined;
  readonly limit?: number | undefined;
}

/** Keyword → value, "" where the PACS gave none. */
export type Match = Readonly<Record<string, string>>;

/** Keywords returned at each level; the first is the level's own UID. */
export const returned: Readonly<Record<Level, readonly string[]>> = {
  study: ["StudyInstanceUID", "PatientName", "PatientID", "StudyDate", "ModalitiesInStudy", "StudyDescription",
    "AccessionNumber", "NumberOfStudyRelatedInstances"], // prettier-ignore
  series: ["SeriesInstanceUID", "StudyInstanceUID", "Modality", "SeriesNumber", "SeriesDescription",
    "NumberOfSeriesRelatedInstances"], // prettier-ignore
  instance: ["SOPInstanceUID", "SOPClassUID", "SeriesInstanceUID", "StudyInstanceUID", "InstanceNumber"],
};

const fields = [
  ["patientName", "PatientName"],
  ["patientId", "PatientID"],
  ["date", "StudyDate"],
  ["accession", "AccessionNumber"],
  ["study", "StudyInstanceUID"],
  ["series", "SeriesInstanceUID"],
] as const;

/** Keyword → value to be matched. Modality and description are of the study or series, as the level asks. */
export function matchKeys(query: PacsQuery): Record<string, string> {
  const keys: Record<string, string> = {};
  for (const [field, keyword] of fields) if (query[field]) keys[keyword] = query[field];
  if (query.modality) keys[query.level === "study" ? "ModalitiesInStudy" : "Modality"] = query.modality;
  if (query.description)
    keys[query.level === "study" ? "StudyDescription" : "SeriesDescription"] = query.description;
  return keys;
}
