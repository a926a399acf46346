import { Command } from "commander";
import { type DeviceReport, tryDevices } from "../../autograd/devices.js";

/** `marrow devices` */
export function devicesCommand(): Command {
  return new Command("devices")
    .description("try every device with a tiny training step: which work here, and why not")
    .option("--json", "print the results as JSON")
    .action(async ({ json }: { json?: boolean }) => {
      const reports = await tryDevices();
      console.log(json ? JSON.stringify(reports, null, 2) : reports.map(lineOf).join("\n"));
    });
}

function lineOf({ device, what, trial, cure }: DeviceReport): string {
  const head = `${device.padEnd(7)} ${trial.works ? "works" : "no   "}`;
  if (!trial.works) {
    return [`${head}  ${what}: ${trial.why}`, ...(cure === undefined ? [] : [`               ${cure}`])].join(
      "\n",
    );
  }
  const ms = (n: number) => `${n.toFixed(0)} ms`;
  return `${head}  ${what}: tiny step ${ms(trial.stepMs)} (opened in ${ms(trial.openMs)}), within ${trial.error.toExponential(1)} of the processor`;
}
