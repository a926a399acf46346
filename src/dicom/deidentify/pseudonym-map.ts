/**
 * Who is behind a pseudonym, and which original UID behind a new one: kept encrypted, apart from the images, for those who
 * must send results back. Without this file nobody can.
 */
import { randomBytes } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { z } from "zod";
import { asMarrowError, MarrowError } from "../../base/errors.js";
import type { Attributes, Identity } from "./identity.js";
import { seal, unseal, type Opener } from "./sealed.js";

const attributes = z.record(z.string().regex(/^[0-9A-F]{8}$/), z.array(z.string()));
const schema = z.object({
  patients: z.record(z.string(), attributes),
  studies: z.record(z.string(), attributes),
  /** New UID → original. */
  uids: z.record(z.string(), z.string()),
});

export class PseudonymMap {
  readonly #patients = new Map<string, Attributes>();
  readonly #studies = new Map<string, Attributes>();
  readonly #originals = new Map<string, string>();
  readonly #pseudonyms = new Map<string, string>();

  /** Takes in what a file's de-identification gave; what is known already stays. */
  add({ pseudonym, patient, study, studyAttributes, uids }: Identity): void {
    if (!this.#patients.has(pseudonym)) this.#addPatient(pseudonym, patient);
    if (study !== "" && !this.#studies.has(study)) this.#studies.set(study, studyAttributes);
    for (const [original, replaced] of uids) this.#originals.set(replaced, original);
  }

  #addPatient(pseudonym: string, patient: Attributes): void {
    this.#patients.set(pseudonym, patient);
    const id = patient["00100020"]?.[0];
    if (id !== undefined) this.#pseudonyms.set(id.trim(), pseudonym);
  }

  /** Patient's attributes behind a pseudonym. */
  patient(pseudonym: string): Attributes | undefined {
    return this.#patients.get(pseudonym);
  }

  /** Pseudonym of a Patient ID. */
  pseudonym(patientId: string): string | undefined {
    return this.#pseudonyms.get(patientId.trim());
  }

  /** Original attributes of the study that has this new Study Instance UID. */
  study(uid: string): Attributes | undefined {
    return this.#studies.get(uid);
  }

  /** The original of a new UID. */
  originalUid(uid: string): string | undefined {
    return this.#originals.get(uid);
  }

  get patientCount(): number {
    return this.#patients.size;
  }

  /** Writes the map encrypted, readable by its owner alone. Throws DISK_FULL, FILE_UNWRITABLE. */
  async save(file: string, opener: Opener): Promise<void> {
    const content = {
      patients: Object.fromEntries(this.#patients),
      studies: Object.fromEntries(this.#studies),
      uids: Object.fromEntries(this.#originals),
    };
    const temporary = `${file}.${randomBytes(6).toString("hex")}`;
    try {
      await writeFile(temporary, seal(JSON.stringify(content), opener), { mode: 0o600 });
      await rename(temporary, file);
    } catch (error) {
      throw asMarrowError(error, file);
    }
  }

  /** Opens a map. Throws FILE_NOT_FOUND, DEID_MAP. */
  static async open(file: string, opener: Opener): Promise<PseudonymMap> {
    const sealed = await readFile(file, "utf8").catch((error: unknown) =>
      Promise.reject(asMarrowError(error, file)),
    );
    const result = schema.safeParse(JSON.parse(unseal(sealed, opener, file)));
    if (!result.success) throw new MarrowError("DEID_MAP", { file, found: "content of another version" });
    const map = new PseudonymMap();
    for (const [pseudonym, patient] of Object.entries(result.data.patients))
      map.#addPatient(pseudonym, patient);
    for (const [study, given] of Object.entries(result.data.studies)) map.#studies.set(study, given);
    for (const [replaced, original] of Object.entries(result.data.uids))
      map.#originals.set(replaced, original);
    return map;
  }
}
