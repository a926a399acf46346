/** What an import did, for people. */
import type { ImportReport } from "../../src/reading/contract/index.js";
import { h } from "../ui/element.js";

/** `nameOf` gives the name of a file that this page sent, by its number; names are kept nowhere else. */
export function importReportView(
  { read, files, written, volumes, copies, skipped, repaired }: ImportReport,
  nameOf: (file: string) => string = (file) => `File ${Number(file) || file}`,
): HTMLElement {
  const patients = new Set(volumes.map(({ subject }) => subject)).size;
  const used = volumes.filter(({ image }) => image !== "-");
  const text =
    `${files} files, ${read} of them DICOM. ${used.length} volumes of ${patients} patients recognised, ` +
    `${written} images written.${copies > 0 ? ` ${copies} files were there before.` : ""}`;
  return h(
    "div",
    { class: "import-report" },
    h("p", {}, text),
    remarks("Skipped", skipped, nameOf),
    remarks("Used although damaged", repaired, nameOf),
    volumes.length > used.length &&
      h("p", {}, `${volumes.length - used.length} volumes were not recognised and are left out.`),
  );
}

type Remark = ImportReport["skipped"][number];

function remarks(title: string, all: readonly Remark[], nameOf: (file: string) => string) {
  if (all.length === 0) return undefined;
  const row = ({ file, code, reason }: Remark) =>
    h("tr", {}, h("td", {}, nameOf(file)), h("td", {}, reason), h("td", {}, h("code", {}, code)));
  const head = ["File", "Why", "Code"].map((one) => h("th", { scope: "col" }, one));
  return h(
    "details",
    { open: all.length <= 20 },
    h("summary", {}, `${title}: ${all.length}`),
    h("table", {}, h("thead", {}, h("tr", {}, head)), h("tbody", {}, all.slice(0, 500).map(row))),
    all.length > 500 && h("p", { class: "hint" }, `and ${all.length - 500} more`),
  );
}
