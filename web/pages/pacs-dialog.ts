/** A study found in a PACS and chosen for import. */
import { call } from "../api/client.js";
import { button, dropDown, textField } from "../ui/controls.js";
import { openDialog } from "../ui/dialog.js";
import { fill, h } from "../ui/element.js";
import { problemBox } from "../ui/problem.js";

type Match = Readonly<Record<string, string>>;

/** What of a match is shown, by DICOM keyword. */
const columns = [
  ["PatientName", "Patient"],
  ["PatientID", "Patient ID"],
  ["StudyDate", "Date"],
  ["StudyDescription", "Description"],
  ["ModalitiesInStudy", "Modalities"],
] as const;

/** `onChosen` gets the id of an import that retrieves the study. */
export function findInPacs(connections: readonly string[], onChosen: (id: string) => Promise<void>): void {
  const choices = connections.map((value) => ({ value, text: value }));
  const connection = dropDown("PACS", choices, connections[0], () => undefined);
  const fields = {
    patientId: textField("Patient ID", { maxlength: 64, autocomplete: "off" }),
    patientName: textField("Patient's name (* matches anything)", { maxlength: 64, autocomplete: "off" }),
    date: textField("Date or range (20240101-20241231)", {
      pattern: "\\d{8}(-(\\d{8})?)?",
      autocomplete: "off",
    }),
    description: textField("Description", { maxlength: 64, autocomplete: "off" }),
  };
  const result = h("div", { "aria-live": "polite" });
  const asked = () =>
    Object.fromEntries(
      Object.entries(fields).flatMap(([name, { input }]) =>
        input.value.trim() === "" ? [] : [[name, input.value.trim()]],
      ),
    );
  const run = (work: () => Promise<unknown>) =>
    void work().catch((error: unknown) => fill(result, problemBox(error)));
  const choose = async (match: Match) => {
    const pacs = { connection: connection.list.value, study: match["StudyInstanceUID"] };
    const { id } = await call("beginImport", { body: { pacs } });
    dialog.close();
    await onChosen(id);
  };
  const find = async () => {
    fill(result, h("p", {}, "Asking the PACS …"));
    const body = { connection: connection.list.value, ...asked() };
    const { matches } = await call("findInPacs", { body });
    fill(
      result,
      matchTable(matches, (match) => run(() => choose(match))),
    );
  };
  const form = h(
    "form",
    {
      onsubmit: (event: SubmitEvent) => {
        event.preventDefault();
        run(find);
      },
    },
    h(
      "div",
      { class: "cards" },
      connection.element,
      Object.values(fields).map(({ element }) => element),
    ),
    h("button", { type: "submit", class: "primary" }, "Find"),
  );
  const dialog = openDialog("Import from a PACS", form, result);
}

function matchTable(matches: readonly Match[], choose: (match: Match) => void): HTMLElement {
  if (matches.length === 0) return h("p", {}, "The PACS has no such MR study.");
  const head = [...columns.map(([, title]) => title), ""];
  return h(
    "table",
    {},
    h("caption", {}, matches.length === 200 ? "The first 200 studies" : `${matches.length} studies`),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        head.map((title) => h("th", { scope: "col" }, title)),
      ),
    ),
    h(
      "tbody",
      {},
      matches.map((match) =>
        h(
          "tr",
          {},
          columns.map(([keyword]) => h("td", {}, match[keyword] ?? "")),
          h(
            "td",
            {},
            button("Import", () => choose(match)),
          ),
        ),
      ),
    ),
  );
}
