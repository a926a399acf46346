/** Colours of labels: Okabe and Ito's, which colour-blind readers tell apart, bright ones on grey first. */
const labelColours: readonly string[] = [
  "#e69f00",
  "#56b4e9",
  "#009e73",
  "#f0e442",
  "#cc79a7",
  "#d55e00",
  "#0072b2",
];

/** Labels with a colour each, as the page shows them. */
export const labelsOf = (labels: readonly { readonly value: number; readonly name: string }[]) =>
  labels.map(({ value, name }, n) => ({ value, name, colour: labelColours[n % labelColours.length] }));
