/** What can go wrong with a study, its networks and results. */
import type { Entries } from "./entry.js";

export const study = {
  STUDY_NOT_FOUND: { what: "The folder is not a study.", next: "Make one with `marrow init`." },
  STUDY_CONFIG: {
    what: "marrow.yaml cannot be used.",
    next: "Correct it; docs/reference/study-folder.md explains each entry.",
  },
  STUDY_EMPTY: { what: "The study has no case that can be used.", next: "See `marrow check STUDY`." },
  TABLE_INVALID: {
    what: "A table cannot be used.",
    next: "Correct it: tab-separated, a first row of names, one row a patient.",
  },
  CROPS_INVALID: {
    what: "The places of the crops cannot be used.",
    next: "Correct crops.tsv (docs/how-to/hip-crops.md); crops.json is written by `marrow crop` alone.",
  },
  SOURCE_NOT_FOUND: {
    what: "The folder holds nothing that can be imported.",
    next: "See `marrow help init`.",
  },
  DATASET_JSON: {
    what: "nnU-Net's dataset.json cannot be used.",
    next: "Correct it, or move it away to have labels read from the masks.",
  },
  TASK_UNKNOWN: { what: "There is no such task.", next: "`marrow tasks` lists the shipped ones." },
  PLAN_INVALID: {
    what: "The plan cannot be used.",
    next: "Correct it, or make a new one with `marrow plan STUDY --force`.",
  },
  REFERENCE_EMPTY: {
    what: "The channel that normalisation refers to is empty.",
    next: "Give a mask that holds the tissue, e.g. segment the bone first, or leave the case out.",
  },
  PLAN_EDITED: {
    what: "The plan was edited by hand and is not overwritten.",
    next: "Add --force to replace it.",
  },
  SPLITS_INVALID: {
    what: "The splits cannot be used.",
    next: "Correct the file, or make new splits with `marrow split STUDY --force`.",
  },
  SPLITS_UNKNOWN_CASE: {
    what: "The splits name cases that the study does not have.",
    next: "Remove them from the file, or import the missing cases.",
  },
  SPLITS_LEAK: {
    what: "A patient is on both sides of a split.",
    next: "Put all of a patient's cases on one side.",
  },
  SPLITS_TOO_FEW: {
    what: "There are too few patients for these splits.",
    next: "Ask for fewer folds or add patients.",
  },
  CACHE_DAMAGED: {
    what: "A prepared case changed on disk while it was in use.",
    next: "Run the same command again; it is made anew.",
  },
  EVALUATE_NOTHING: {
    what: "There is nothing to compare.",
    next: "Masks are paired by case id; see `marrow help evaluate`.",
  },
  EVALUATE_UNPAIRED: {
    what: "A case has only one of the two masks.",
    next: "Add the missing mask or remove the other.",
  },
  QUANTIFY_LABELS: {
    what: "The mask holds values that have no name.",
    next: "Name them with --labels, e.g. --labels 1=fat-metaplasia, or correct the mask.",
  },
  QUANTIFY_MEASURE: {
    what: "There is no such analysis.",
    next: "Choose among the names listed.",
  },
  QUANTIFY_NO_MASK: {
    what: "There is no mask to measure.",
    next: "Annotate or segment the case first, or name another source.",
  },
  QUANTIFY_TEMPLATE: {
    what: "A scoring template cannot be used.",
    next: "Correct the entries named; docs/reference/quantification.md has the form.",
  },
  REPORT_INPUT: {
    what: "A file of results that the report needs cannot be used.",
    next: "Make it anew with the command that writes it; docs/reference/report.md has its form.",
  },
  REPORT_NO_PATIENT: {
    what: "The study has no such patient.",
    next: "Name the patient as its folder is named, e.g. sub-001.",
  },
  REPORT_NO_BROWSER: {
    what: "No browser was found that prints to PDF.",
    next: "Install Chromium, or name it in MARROW_BROWSER; or print index.html yourself.",
  },
  WORKER_DIED: {
    what: "A worker stopped unexpectedly.",
    next: "Run the same command again; it resumes where it stopped.",
  },
  GRAPH_SHAPE: {
    what: "Shapes in a network do not fit together.",
    next: "Check the plan's patch, pooling and features.",
  },
  GRAPH_NO_GRADIENT: {
    what: "An operator has no gradient rule.",
    next: "Use another operator, or add its rule to the table.",
  },
  SAFETENSORS_INVALID: { what: "The file is no valid safetensors file.", next: "Copy or export it again." },
  DEVICE_UNAVAILABLE: { what: "The chosen device does not work here.", next: "Use --device cpu." },
  DEVICE_PRECISION: {
    what: "The chosen device has no 16-bit floats.",
    next: "Set optimiser.precision to float32 in plan.yaml.",
  },
  NETWORK_UNKNOWN: { what: "There is no network of this name.", next: "Choose one of the names listed." },
  WEIGHTS_MISMATCH: {
    what: "The weights do not belong to this network.",
    next: "Check the network's name and features.",
  },
  WEIGHTS_INVALID: {
    what: "The file of weights cannot be read.",
    next: "Copy it again, or save the weights as safetensors.",
  },
  WEIGHTS_UNSAFE: {
    what: "The file of weights asks for code to be run; nothing was.",
    next: "Do not open it elsewhere. Ask its author for safetensors, or for a state dictionary alone.",
  },
  ORACLE_INVALID: {
    what: "The file is no oracle.",
    next: "See the oracles' README for the tensors it must hold.",
  },
  MODEL_INVALID: {
    what: "The file is no model of Marrow.",
    next: "Use a model.onnx that `marrow train` wrote.",
  },
  MODEL_MISMATCH: {
    what: "The models cannot be averaged: they were planned differently.",
    next: "Give folds of one run; `marrow segment` also takes other runs with the same labels and channels.",
  },
  CLASSIFY_COLUMN: {
    what: "No class is known for the cases.",
    next: "Fill the column in participants.tsv, or correct `classification` in the plan.",
  },
  CLASSIFY_ONE_CLASS: {
    what: "One side of a fold has cases of one class alone.",
    next: "Make new splits with `marrow split STUDY --stratify COLUMN --force`.",
  },
  CLASSIFY_NO_MASK: {
    what: "There is no mask to make the ROI map of.",
    next: "Annotate or segment the case first, or name another source of masks.",
  },
  CLINICAL_VALUE: {
    what: "A clinical variable has a value that cannot be used.",
    next: "Correct it, or write n/a where it is not known.",
  },
  LAYER_UNKNOWN: {
    what: "The network has no such layer to explain.",
    next: "Choose one of the layers listed; `marrow explain --layers` lists them all.",
  },
  CHECKPOINT_MISMATCH: {
    what: "The run's checkpoint was made with other settings.",
    next: "Use another --run name, or delete the fold's folder to start over.",
  },
  TRAINING_DIVERGED: {
    what: "The loss is no number any more.",
    next: "Lower the learning rate in the plan, or set clipNorm.",
  },
  PLAN_MISSING: { what: "The study has no plan yet.", next: "Run `marrow plan STUDY`." },
  SPLITS_MISSING: { what: "The study has no splits yet.", next: "Run `marrow split STUDY`." },
  DEMO_FOLDER: {
    what: "The demo's folder holds something else.",
    next: "Choose another folder with --out, or remove it yourself.",
  },
} as const satisfies Entries;
