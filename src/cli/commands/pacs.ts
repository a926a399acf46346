import { Command } from "commander";
import { echoCommand, findCommand } from "./pacs/find.js";
import { getCommand } from "./pacs/get.js";
import { listenCommand } from "./pacs/listen.js";
import { sendCommand } from "./pacs/send.js";

/** `marrow pacs find|get|send|listen|echo` */
export function pacsCommand(): Command {
  const pacs = new Command("pacs")
    .description("query a PACS, retrieve from it, send results to it, or receive what it sends")
    .exitOverride();
  for (const command of [echoCommand, findCommand, getCommand, sendCommand, listenCommand])
    pacs.addCommand(command().exitOverride().showHelpAfterError());
  return pacs;
}
