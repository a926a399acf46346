/** Addresses of studies and series on DICOMweb servers (PS3.18 section 10.1.1). */
export interface StudyAddress {
  /** Address of the service, without a slash at its end. */
  readonly server: string;
  readonly study: string;
  readonly series: string | undefined;
}

/** Undefined for an address that is no study's or series'. */
export function studyAddress(url: string): StudyAddress | undefined {
  const found = /^(https?:\/\/[^?#]+?)\/+studies\/([\d.]{1,64})(?:\/series\/([\d.]{1,64}))?\/?$/i.exec(url);
  return found ? { server: found[1], study: found[2], series: found[3] } : undefined;
}
