import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { MarrowError } from "../../base/errors.js";
import { parseCount } from "../options.js";
import { servePage } from "../static-page.js";

/** The built page, from src/ and from dist/ alike. */
const folder = fileURLToPath(new URL("../../../dist/web-segment", import.meta.url));

/** `marrow segment-page` */
export function segmentPageCommand(): Command {
  return new Command("segment-page")
    .description("serve a page, to this computer alone, that segments in the browser: nothing leaves it")
    .option("--port <port>", "port of the loopback interface; 0 for any free one", parseCount, 8042)
    .action(async ({ port }: { port: number }) => {
      if (!existsSync(folder))
        throw new MarrowError("FILE_NOT_FOUND", {
          file: folder,
          expected: "the built page",
          next: "Run `npm run build`.",
        });
      const { url, close } = await servePage(folder, port);
      console.log(`${url}  (Ctrl-C to stop). Research use only.`);
      await new Promise((resolve) => process.once("SIGINT", resolve).once("SIGTERM", resolve));
      await close();
    });
}
