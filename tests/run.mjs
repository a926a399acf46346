/**
 * Everything that `npm test` checks: programs that some tests need are installed where that is possible (tools.mjs); then
 * build, types, lint, dependency rules, format, then the tests. A check that fails does not stop the others. Skipped tests
 * are listed with what they lack. The last line counts checks and tests: `N passed, N failed, N skipped`. Arguments are
 * passed on to vitest.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { installTools } from "./tools.mjs";

const tsc = "typescript/bin/tsc";
const vite = "vite/bin/vite.js";
const checks = [
  ["build", tsc, ["-p", "tsconfig.build.json"]],
  [
    "build of the reading room's page",
    vite,
    ["build", "--config", "web/vite.config.ts", "--logLevel", "warn"],
  ],
  [
    "build of the segmentation page",
    vite,
    ["build", "--config", "web-segment/vite.config.ts", "--logLevel", "warn"],
  ],
  ["types", tsc, ["-p", "tsconfig.json", "--noEmit"]],
  ["types of the reading room's page", tsc, ["-p", "web/tsconfig.json"]],
  ["types of the segmentation page", tsc, ["-p", "tests/web-segment/tsconfig.json", "--noEmit"]],
  ["lint", "eslint/bin/eslint.js", ["src", "tests", "web", "web-segment"]],
  [
    "dependency rules",
    "dependency-cruiser/bin/dependency-cruise.mjs",
    ["src", "--config", ".dependency-cruiser.cjs"],
  ],
  ["format", "prettier/bin/prettier.cjs", ["--check", "."]],
];

/** Runs a tool of node_modules and says whether it succeeded. */
function succeeds(name, file, args) {
  console.log(`\n── ${name}`);
  const { status } = spawnSync(process.execPath, [join("node_modules", file), ...args], { stdio: "inherit" });
  return status === 0;
}

/** Runs vitest and returns what its JSON report says, or undefined where it wrote none. */
function runTests(args) {
  const folder = mkdtempSync(join(tmpdir(), "marrow-tests-"));
  const report = join(folder, "report.json");
  const options = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...args];
  const passed = succeeds("tests", "vitest/vitest.mjs", options);
  try {
    return { ...JSON.parse(readFileSync(report, "utf8")), passed };
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Why a file skips tests: data that are not in the repository, else the conditions that stand in it. */
function reasonOf(file) {
  const source = readFileSync(file, "utf8");
  if (source.includes("MARROW_SHARED"))
    return "needs data that are not in the repository; looked for in ../shared, or where MARROW_SHARED says";
  const conditions = [...source.matchAll(/(?:skip|run)If\(([^\n]*?)\)\(/g)].map(([, condition]) => condition);
  return conditions.length > 0 ? `depends on ${[...new Set(conditions)].join(", ")}` : "skipped in the file";
}

function listSkipped(files) {
  for (const { name, assertionResults } of files) {
    const skipped = assertionResults.filter(({ status }) => isSkipped(status));
    if (skipped.length === 0) continue;
    const suites = [...new Set(skipped.map(({ ancestorTitles, title }) => ancestorTitles[0] ?? title))];
    console.log(`skipped ${skipped.length} in ${relative(process.cwd(), name)} (${suites.join("; ")})`);
    console.log(`  ${reasonOf(name)}`);
  }
}

const isSkipped = (status) => status === "skipped" || status === "pending" || status === "todo";

installTools();
const results = checks.map((check) => ({ name: check[0], passed: succeeds(...check) }));
const tests = runTests(process.argv.slice(2));
const files = tests?.testResults ?? [];
const all = files.flatMap(({ assertionResults }) => assertionResults);
const failedChecks = results.filter(({ passed }) => !passed);
const skipped = all.filter(({ status }) => isSkipped(status)).length;
const passed = all.filter(({ status }) => status === "passed").length + results.length - failedChecks.length;
const failedTests = all.filter(({ status }) => status === "failed").length;
// A file that cannot even be loaded, or a test run that broke down, has no failed test but has failed.
const broken = tests?.passed || failedTests > 0 ? 0 : 1;
const failed = failedTests + failedChecks.length + broken;

console.log("");
listSkipped(files);
for (const { name } of failedChecks) console.log(`failed check: ${name}`);
if (broken) console.log("failed: vitest reports an error outside the tests, see above");
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 ? 1 : 0;
