/** Colours of labels: Okabe and Ito's, which colour-blind readers tell apart, bright ones on grey first. */
export const labelColours: readonly string[] = [
  "#e69f00",
  "#56b4e9",
  "#009e73",
  "#f0e442",
  "#cc79a7",
  "#d55e00",
  "#0072b2",
];
