import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeDicom } from "../../src/dicom/write-dicom.js";
import { readParticipants } from "../../src/study/participants.js";
import { stackOf } from "../dicom/make-dicom.js";
import { zip } from "../dicom/make-zip.js";
import { runMarrow } from "./run-marrow.js";

const dir = mkdtempSync(join(tmpdir(), "marrow-import-command-"));
const study = join(dir, "study");
const slices = stackOf([0, 1, 2, 3, 4], [0, 0, 4], {
  ...{ patient: "HOSP-4711", numbers: { "00180080": [550], "00180081": [11] } },
});
const archive = zip(Object.fromEntries(slices.map((file, n) => [`x/${n}`, Buffer.from(writeDicom(file))])));

let server: Server;
let url = "";
beforeAll(async () => {
  server = createServer((request, response) =>
    request.url === "/disc.zip" ? response.end(archive) : response.writeHead(404).end(),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(dir, { recursive: true, force: true });
});

function tableOf(text: string): string {
  writeFileSync(join(dir, "patients.csv"), text);
  return join(dir, "patients.csv");
}

const everyText = () =>
  readdirSync(study, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
    .join("\n");

describe("marrow import", () => {
  it("takes an archive from a URL and joins a clinical table by Patient ID, which stays behind", async () => {
    const clinical = tableOf(
      "Patient ID;Name;CRP (mg/dl);age\nHOSP-4711;Anna Miller;0,7;34\nHOSP-9;x;1;40\n",
    );
    const { code, stdout, stderr } = await runMarrow("import", `${url}/disc.zip`, "--study", study, "--clinical", clinical); // prettier-ignore
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("1 patients; CRP (mg/dl) → crp, age");
    expect(stdout).toContain("left out: Name");
    expect(stdout).toContain("1 rows are about nobody in the study");
    expect((await readParticipants(study)).rows).toMatchObject([
      { participant_id: "sub-001", crp: "7", age: "34" },
    ]);
    expect(everyText()).not.toMatch(/4711|Miller/);
  });

  it("takes a table alone, lists what is wrong, and says so by its exit code", async () => {
    const clinical = tableOf("participant_id,basdai,esr\nsub-001,44,12\n");
    const list = join(dir, "list.tsv");
    const { code, stdout } = await runMarrow(
      "import",
      "--study",
      study,
      "--clinical",
      clinical,
      "--list",
      list,
    );
    expect([code, stdout.includes("row 2, basdai: found 44; expected a number from 0 to 10")]).toEqual([
      1,
      true,
    ]);
    expect(readFileSync(list, "utf8")).toMatch(/clinical\tCLINICAL_VALUE\trow 2, basdai/);
    expect((await readParticipants(study)).rows[0]).toMatchObject({ esr: "12", crp: "7" });
  });

  it("refuses nothing at all, and an address that gives nothing", async () => {
    expect((await runMarrow("import", "--study", study)).stderr).toContain("BAD_ARGUMENT");
    expect((await runMarrow("import", `${url}/gone.zip`, "--study", study)).stderr).toContain(
      "DOWNLOAD_REFUSED",
    );
  });
});
