import { Command } from "commander";
import type { Device } from "../../autograd/runtime.js";
import { verifyOracle, type VerifyReport, type VerifyRow } from "../../training/verify.js";
import { deviceOption } from "../options.js";

/** `marrow verify FILE.safetensors…` */
export function verifyCommand(): Command {
  return new Command("verify")
    .description("compare networks with their original PyTorch code through oracle files")
    .argument("<files...>", "oracle files (.safetensors)")
    .addOption(deviceOption())
    .option("--all", "print every gradient instead of the worst five")
    .action(async (files: string[], options: { device: Device; all?: boolean }) => {
      let failed = 0;
      for (const file of files) {
        const report = await verifyOracle(file, options.device);
        print(report, options.all ?? false);
        failed += report.rows.filter((row) => !row.passed).length;
      }
      if (failed > 0) process.exitCode = 1;
    });
}

function print(report: VerifyReport, all: boolean): void {
  const isGradient = (row: VerifyRow) => row.what.startsWith("gradient");
  const grads = report.rows.filter(isGradient).sort((a, b) => b.error / b.tolerance - a.error / a.tolerance);
  const missed = grads.filter((row) => !row.passed).length;
  const shown = [
    ...report.rows.filter((row) => !isGradient(row)),
    ...(all ? grads : grads.slice(0, Math.max(5, missed))),
  ];
  const width = Math.max(...shown.map((row) => row.what.length));
  console.log(`\n${report.network}  (${report.file})`);
  console.log(`  ${"".padEnd(width)}  largest error  tolerance`);
  for (const row of shown) {
    const numbers = `${row.error.toExponential(1).padStart(13)}  ${row.tolerance.toExponential(0).padStart(9)}`;
    console.log(`  ${row.what.padEnd(width)}  ${numbers}  ${row.passed ? "ok" : "MISS"}  ${row.note}`);
  }
  const passed = report.rows.filter((row) => row.passed).length;
  console.log(`  ${passed} of ${report.rows.length} within tolerance (${grads.length} gradients)`);
}
