/**
 * Imports between the rooms of src/ go downwards only. `layers` lists the rooms from the top to the bottom; a room may
 * import from the layers below its own, and from itself, never from above and never from a neighbour in its layer.
 */
const layers = [
  ["cli"],
  ["server"],
  ["jobs"],
  ["report", "reading"],
  ["training"],
  ["inference", "quantify"],
  ["study", "phantom"],
  ["statistics", "dicom"],
  ["volume"],
  ["networks"],
  ["autograd"],
  ["base"],
];

const rules = layers.flatMap((rooms, level) =>
  rooms.map((room) => {
    const above = layers.slice(0, level).flat();
    const beside = rooms.filter((other) => other !== room);
    const forbidden = [...above, ...beside];
    return {
      name: `${room}-imports-downwards`,
      severity: "error",
      from: { path: `^src/${room}/` },
      to: { path: `^src/(${forbidden.join("|") || "(?!)"})/` },
    };
  }),
);

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-room-outside-the-list",
      severity: "error",
      from: {},
      to: { path: "^src/", pathNot: `^src/(${layers.flat().join("|")})/` },
    },
    ...rules,
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
