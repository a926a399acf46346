/**
 * Programs that some tests need besides npm packages. On Debian, as root, those that are missing are installed; elsewhere,
 * or offline, their tests skip and say so. Never fails.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** Debian package, what shows that it is there, and what the tests do with it. */
const tools = [
  ["dcmtk", ["storescu"], "a second implementation of DICOM"],
  ["dicom3tools", ["dciodvfy"], "checks DICOM files against the standard"],
  ["orthanc", ["Orthanc"], "a PACS"],
  ["orthanc-dicomweb", ["/usr/share/orthanc/plugins/libOrthancDicomWeb.so"], "its DICOMweb service"],
  ["chromium", ["chromium"], "browser tests"],
  ["redis-server", ["redis-server"], "the work queue of several machines"],
];

const folders = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/sbin"];

const isThere = (name) =>
  name.startsWith("/") ? existsSync(name) : folders.some((folder) => existsSync(`${folder}/${name}`));

/** A minute for the lists, ten for the packages; nothing is asked, no service is started. */
function apt(minutes, ...args) {
  const { status, error } = spawnSync("apt-get", ["-q", "-y", "-o", "DPkg::Lock::Timeout=60", ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" },
    stdio: "ignore",
    timeout: minutes * 60_000,
  });
  return !error && status === 0;
}

/** One line for each program that is missing: installed, or what its tests will do. */
export function installTools() {
  const missing = tools.filter(([, marks]) => !marks.every(isThere));
  if (missing.length === 0) return;
  const canInstall = process.platform === "linux" && process.getuid() === 0 && isThere("apt-get");
  if (canInstall) apt(1, "update");
  for (const [name, marks, use] of missing) {
    const isInstalled =
      canInstall && apt(10, "install", "--no-install-recommends", name) && marks.every(isThere);
    console.log(
      isInstalled ? `installed ${name}: ${use}` : `${name} is missing (${use}): its tests are skipped`,
    );
  }
}
