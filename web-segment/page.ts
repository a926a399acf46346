/** The page: files in, mask out. Holds what was chosen and tells the other parts. */
import { requireGrid } from "../src/study/preprocess.js";
import { droppedFiles } from "./dropped-files.js";
import { element } from "./element.js";
import { type LoadedImage, loadImages } from "./images.js";
import { labelVolumes } from "./label-volumes.js";
import { type ChosenModels, modelLine, readModels } from "./models.js";
import { type RungName, rungs } from "./rungs.js";
import { saveMask } from "./save.js";
import { type Result, segmentInBrowser } from "./segmentation.js";
import { colourOf } from "./slice-picture.js";
import { Viewer } from "./viewer.js";

const viewer = new Viewer();
const [segmentButton, cancelButton, saveButton] = ["segment", "cancel", "save"].map((id) =>
  element(id, HTMLButtonElement),
);
const progress = element("progress", HTMLProgressElement);
const messages = element("messages", HTMLOListElement);
const rungSelect = element("rung", HTMLSelectElement);

let models: ChosenModels | undefined;
let images: readonly LoadedImage[] = [];
let result: Result | undefined;
let stop: AbortController | undefined;

function say(text: string, isError = false): void {
  const item = document.createElement("li");
  item.textContent = text;
  item.className = isError ? "error" : "";
  messages.append(item);
}

const complain = (error: unknown) => say(error instanceof Error ? error.message : String(error), true);

/** Takes models and images out of these files; what cannot be used is told, the rest is kept. */
async function take(files: readonly File[]): Promise<void> {
  messages.replaceChildren();
  const isModel = ({ name }: File) => /\.onnx$/i.test(name);
  const [chosen, others] = [files.filter(isModel), files.filter((file) => !isModel(file))];
  if (chosen.length > 0) await readModels(chosen).then((read) => (models = read), complain);
  if (others.length > 0) {
    const { images: loaded, errors } = await loadImages(others).catch((error: unknown) => ({
      images: [],
      errors: [error],
    }));
    errors.forEach(complain);
    if (loaded.length > 0) images = loaded;
    for (const { name, notes } of loaded) notes.forEach((note) => say(`${name}: ${note}`));
  }
  forget();
}

/** What was chosen has changed: the mask is not of it any more. */
function forget(): void {
  result = undefined;
  if (models) element("model", HTMLParagraphElement).textContent = modelLine(models);
  offerChannels();
  showResult();
}

/** One choice of an image for each sequence the model wants. */
function offerChannels(): void {
  const wanted = models?.plan.channels ?? (images.length > 0 ? ["Image"] : []);
  const choices = wanted.map((channel, n) => {
    const select = document.createElement("select");
    select.append(...images.map(({ name }, at) => new Option(name, String(at))));
    const named = images.findIndex(({ name }) => name.toLowerCase().includes(channel.toLowerCase()));
    select.selectedIndex = named >= 0 ? named : Math.min(n, images.length - 1);
    select.addEventListener("change", () => {
      result = undefined;
      showResult();
    });
    const label = document.createElement("label");
    label.append(`${channel} `, select);
    return label;
  });
  element("channels", HTMLDivElement).replaceChildren(...choices);
}

function chosenImages(): LoadedImage[] {
  const selects = [...element("channels", HTMLDivElement).querySelectorAll("select")];
  return selects.map(({ selectedIndex }) => images[selectedIndex]).filter((image) => image !== undefined);
}

function showResult(): void {
  const [first] = chosenImages();
  if (first) viewer.show(first.volume, result?.mask);
  segmentButton.disabled = !models || !first || stop !== undefined;
  saveButton.disabled = !result;
  const table = element("volumes", HTMLTableElement);
  table.hidden = !result;
  const rows = result && models ? labelVolumes(result.mask, models.plan.labels) : [];
  table.tBodies[0].replaceChildren(...rows.map(volumeRow));
}

function volumeRow({ label, voxels, ml }: ReturnType<typeof labelVolumes>[number]): HTMLTableRowElement {
  const row = document.createElement("tr");
  const swatch = document.createElement("span");
  swatch.className = "swatch";
  swatch.style.background = `rgb(${colourOf(label.value).join(" ")})`;
  row.insertCell().append(swatch, label.name);
  for (const text of [String(voxels), ml.toFixed(2)]) {
    const cell = row.insertCell();
    cell.className = "number";
    cell.textContent = text;
  }
  return row;
}

async function segment(): Promise<void> {
  const chosen = chosenImages();
  if (!models) return;
  messages.replaceChildren();
  stop = new AbortController();
  setBusy(true);
  try {
    const [first, ...others] = chosen;
    for (const { volume, name } of others) requireGrid(volume, first.volume, name, first.name);
    const wish = {
      models: models.files,
      images: chosen.map(({ volume }) => volume),
      fast: element("fast", HTMLInputElement).checked,
      ...(rungSelect.value !== "" && { rung: rungSelect.value as RungName }),
    };
    const show = (share: number) => (progress.value = share);
    result = await segmentInBrowser(wish, models.plan, { say, progress: show }, stop.signal);
    say(`Done in ${result.seconds.toFixed(1)} s on the ${result.rung.title}. Research use only.`);
  } catch (error) {
    complain(error);
  }
  stop = undefined;
  setBusy(false);
  showResult();
}

function setBusy(busy: boolean): void {
  progress.value = 0;
  progress.hidden = cancelButton.hidden = !busy;
  segmentButton.disabled = busy;
}

rungSelect.append(...rungs.map(({ name, title }) => new Option(title, name)));
for (const id of ["model-files", "image-files", "image-folder"])
  element(id, HTMLInputElement).addEventListener("change", ({ target }) => {
    void take([...((target as HTMLInputElement).files ?? [])]);
  });
segmentButton.addEventListener("click", () => void segment());
cancelButton.addEventListener("click", () => stop?.abort(new Error("Cancelled.")));
saveButton.addEventListener("click", () => {
  if (result) void saveMask(result.mask, chosenImages()[0].name).catch(complain);
});
for (const kind of ["dragenter", "dragover", "dragleave", "drop"])
  addEventListener(kind, (event) => {
    event.preventDefault();
    document.body.classList.toggle("dropping", kind === "dragenter" || kind === "dragover");
  });
addEventListener("drop", ({ dataTransfer }) => {
  if (dataTransfer) void droppedFiles(dataTransfer).then(take, complain);
});
