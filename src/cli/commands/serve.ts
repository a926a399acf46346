import { Command } from "commander";
import { existsSync } from "node:fs";
import { catalogue } from "../../base/errors.js";
import { builtPage } from "../../server/app.js";
import { serve } from "../../server/serve.js";
import { parseCount, parseGigabytes, queueOption, thisProgram } from "../options.js";
import { version } from "../version.js";
import { configOption } from "./pacs/connect.js";

interface Options {
  host: string;
  port: number;
  tlsCert?: string;
  tlsKey?: string;
  behindProxy?: boolean;
  dicom?: string;
  config: string;
  maxUpload: number;
  queue?: string;
}

/** `marrow serve STUDY` */
export function serveCommand(): Command {
  return new Command("serve")
    .description("open a study's reading room in the browser: draw, review, agree, train")
    .argument("<study>", "study folder")
    .option("--port <n>", "port", parseCount, 8642)
    .option("--host <address>", "address to listen on; others than loopback need encryption", "127.0.0.1")
    .option("--tls-cert <file>", "certificate (PEM)")
    .option("--tls-key <file>", "its private key (PEM)")
    .option("--behind-proxy", "a proxy in front encrypts and tells the client's address")
    .option("--dicom <source>", "the original DICOM images, for export as DICOM SEG and SR")
    .addOption(configOption())
    .option("--max-upload <gb>", "largest import through the page", parseGigabytes, 20e9)
    .addOption(queueOption("workers take jobs from this Redis (redis://…); without it they run here"))
    .action(run);
}

async function run(dir: string, options: Options): Promise<void> {
  const served = await serve(dir, {
    ...options,
    pacs: options.config,
    ...{ version: version(), command: thisProgram, log: console.error },
  });
  tell(served.url, served.setupCode, served.room.accounts.isEmpty());
  if (options.queue !== undefined) console.log(`Jobs wait for \`marrow worker ${dir}\` with the same queue.`);
  await new Promise<void>((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
  const where = options.queue === undefined ? "when the room is opened again" : "with its worker";
  console.error(`Stopping; a running job goes on ${where}.`);
  await served.close();
}

function tell(url: string, setupCode: string | undefined, first: boolean): void {
  const address = setupCode === undefined ? url : `${url}#setup=${setupCode}`;
  console.log(`The reading room is open at ${address}`);
  if (first) console.log("There is no account yet: the first page creates the administrator.");
  if (!existsSync(`${builtPage}/index.html`)) console.log(Object.values(catalogue.SERVE_NO_PAGE).join(" "));
  console.log("Research use only. Stop with Ctrl-C.");
}
