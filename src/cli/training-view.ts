/** What a person sees of a training: a progress bar, one line an epoch, progress.svg. */
import { join } from "node:path";
import { progressSvg } from "../report/progress.js";
import type { CrossValidationListener } from "../training/cross-validate.js";
import { foldFiles, writeAtomically } from "../training/run-folder.js";
import { clock, ProgressBar } from "./progress-bar.js";

export function trainingView(log: (line: string) => void = console.log): CrossValidationListener {
  const bar = new ProgressBar();
  let title = "";
  return {
    onPrepare: (done, total) => {
      bar.show("preparing", done / total, `${done}/${total} cases`);
      if (done === total) bar.clear();
    },
    onFold: (network, fold) => {
      bar.clear();
      title = `${network} fold ${fold}`;
      log(`\n${title}`);
    },
    onStep: (s) => {
      const dice = s.lastScore === undefined ? "" : `  val ${s.scores.validation} ${s.lastScore.toFixed(3)}`;
      const numbers = `loss ${s.loss.toFixed(3)}  ${s.scores.train} ${(1 - s.scoreLoss).toFixed(3)}${dice}  ${s.stepsPerSecond.toFixed(2)} steps/s`;
      bar.show(
        `${title} epoch ${s.epoch}`,
        s.iteration / s.totalIterations,
        `${numbers}  ${clock(s.secondsLeft)} left`,
      );
    },
    onEpoch: async (history, folder, scores) => {
      const last = history.at(-1);
      if (!last) return;
      bar.clear();
      const dice =
        last.validationScore === undefined
          ? ""
          : `  validation ${scores.validation} ${last.validationScore.toFixed(4)}`;
      const train = `loss ${last.trainLoss.toFixed(4)}  training ${scores.train} ${last.trainScore.toFixed(4)}`;
      log(`  epoch ${String(last.epoch).padStart(3)}  ${train}${dice}  ${last.seconds.toFixed(1)} s`);
      await writeAtomically(join(folder, foldFiles.progress), progressSvg(history, scores.validation));
    },
    onPredict: (done, total) => {
      bar.show(`${title} predicting`, done / total, `${done}/${total} cases`);
      if (done === total) bar.clear();
    },
  };
}
