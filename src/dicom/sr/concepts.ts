/** Concepts of TID 1500 and the templates it includes (PS3.16). */
import { code } from "../code.js";

const dcm = (value: string, meaning: string) => code(value, "DCM", meaning);

export const concepts = {
  report: dcm("126000", "Imaging Measurement Report"),
  language: dcm("121049", "Language of Content Item and Descendants"),
  english: code("en", "RFC5646", "English"),
  observerType: dcm("121005", "Observer Type"),
  device: dcm("121007", "Device"),
  deviceUid: dcm("121012", "Device Observer UID"),
  deviceName: dcm("121013", "Device Observer Name"),
  manufacturer: dcm("121014", "Device Observer Manufacturer"),
  model: dcm("121015", "Device Observer Model Name"),
  procedure: dcm("121058", "Procedure reported"),
  measurements: dcm("126010", "Imaging Measurements"),
  group: dcm("125007", "Measurement Group"),
  trackingId: dcm("112039", "Tracking Identifier"),
  trackingUid: dcm("112040", "Tracking Unique Identifier"),
  finding: dcm("121071", "Finding"),
  findingSite: code("363698007", "SCT", "Finding Site"),
  segment: dcm("121191", "Referenced Segment"),
  sourceSeries: dcm("121232", "Source series for segmentation"),
  algorithmName: dcm("111001", "Algorithm Name"),
  algorithmVersion: dcm("111003", "Algorithm Version"),
  comment: dcm("121106", "Comment"),
} as const;

/** Magnetic resonance imaging, as the procedure reported where the original names none. */
export const mri = code("113091000", "SCT", "Magnetic resonance imaging");
