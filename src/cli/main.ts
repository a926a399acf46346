/** The command line: `marrow COMMAND …`. */
import { Command, CommanderError } from "commander";
import { asMarrowError } from "../base/errors.js";
import { verifyCommand } from "./commands/verify.js";

/** Commands in the order in which a newcomer needs them. */
const commands = [verifyCommand];

function program(): Command {
  const marrow = new Command("marrow")
    .description("Lesion segmentation on MRI of spondyloarthritis: train, evaluate, segment. Research use only.")
    .showHelpAfterError()
    .exitOverride();
  for (const command of commands) marrow.addCommand(command().exitOverride());
  return marrow;
}

/** Runs one command and returns the exit code: 0 done, 1 failed, 2 misused. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    await program().parseAsync([...args], { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const known = asMarrowError(error);
    console.error(known.message);
    if (known.code === "INTERNAL" || process.env["MARROW_DEBUG"]) console.error(error);
    return 1;
  }
}
