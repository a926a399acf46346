/** The original DICOM images of a study: read once, and told apart by what the import noted of each examination. */
import { MarrowError } from "../base/errors.js";
import { openProjectKey } from "../dicom/deidentify/project-key.js";
import { placeMask, sourceImages, type Placed, type SourceImage } from "../dicom/results/source-image.js";
import { openSource } from "../dicom/source.js";
import { text } from "../dicom/values.js";
import { exists } from "../study/files.js";
import { keyedIdentities } from "../study/import/dicom-names.js";
import { readSeries, type SeriesRow } from "../study/import/dicom-series.js";
import type { Mask } from "../volume/volume.js";

/** What was read is believed for so long, ms. */
const trust = 10 * 60_000;

export class Originals {
  private images: { read: Promise<SourceImage[]>; at: number } | undefined;

  constructor(
    private readonly dir: string,
    /** Folder, zip archive or DICOMDIR. */
    private readonly source: string | undefined,
  ) {}

  /**
   * The series that a mask of a case was drawn on, with the mask on its grid. Where the study was imported from DICOM, only
   * images of that very examination and sequence count, so that nobody else's with the same geometry is taken. Throws
   * EXPORT_NO_DICOM, GRID_MISMATCH, BAD_ARGUMENT where several series fit, and as reading DICOM does.
   */
  async place(caseId: string, channel: string, mask: Mask): Promise<Placed> {
    if (this.source === undefined) throw new MarrowError("EXPORT_NO_DICOM");
    const isWanted = await this.filterFor(caseId, channel);
    const isFresh = this.images === undefined || performance.now() - this.images.at > trust;
    const images = await this.all(this.source, isFresh);
    try {
      return placeMask(mask, images.filter(isWanted), caseId);
    } catch (error) {
      if (isFresh) throw error;
      return placeMask(mask, (await this.all(this.source, true)).filter(isWanted), caseId);
    }
  }

  /** Every image where nothing is known of the case's import. */
  private async filterFor(caseId: string, channel: string): Promise<(image: SourceImage) => boolean> {
    const key = `${this.dir}.key`;
    const row = (await readSeries(this.dir)).find((one) => caseOf(one) === caseId && one.image === channel);
    if (!row?.study_key || !(await exists(key))) return () => true;
    const { token } = keyedIdentities(await openProjectKey(key));
    return ({ head }) =>
      token(text(head, "0020000D") ?? "") === row.study_key && (text(head, "00200011") ?? "") === row.series;
  }

  private all(source: string, again: boolean): Promise<SourceImage[]> {
    if (again || !this.images) {
      const read = readAll(source);
      read.catch(() => (this.images = undefined));
      this.images = { read, at: performance.now() };
    }
    return this.images.read;
  }
}

const caseOf = ({ participant_id = "", session_id }: SeriesRow) =>
  session_id ? `${participant_id}_${session_id}` : participant_id;

/** The source stays open as long as its images are kept: voxels are read when they are needed. */
const readAll = async (source: string) => sourceImages(await openSource(source));
