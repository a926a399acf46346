/**
 * The patient of a case, by its id: BIDS's `sub-001_ses-2` belongs to `sub-001`, any other id to a patient of its own.
 *
 * @example patientOf("sub-001_ses-2") // "sub-001"
 */
export const patientOf = (id: string): string => id.replace(/^(sub-[A-Za-z0-9]+)_ses-.*$/, "$1");
