import { describe, expect, it } from "vitest";
import { renderSubject } from "../../src/phantom/subject.js";

const subjects = Array.from({ length: 16 }, (_, n) =>
  renderSubject("sij-t1", { seed: 7, subject: n + 1, size: "small", cohort: "axspa" }),
);
const of = (group: string) =>
  subjects.filter(({ truth }) => truth.person.group === group).map(({ truth }) => truth);
const volume = ({ lesions }: (typeof subjects)[number]["truth"]) =>
  lesions.reduce((sum, { volumeMm3 }) => sum + volumeMm3, 0);

describe("the cohort axspa", () => {
  it("has both groups, told apart by extent and sides of fat metaplasia", () => {
    const [positive, negative] = [of("axSpA"), of("non-axSpA")];
    expect(Math.min(positive.length, negative.length)).toBeGreaterThan(1);
    for (const truth of positive) expect(new Set(truth.lesions.map(({ side }) => side)).size).toBe(2);
    for (const truth of negative) expect(new Set(truth.lesions.map(({ side }) => side)).size).toBeLessThan(2);
    expect(Math.min(...positive.map(volume))).toBeGreaterThan(Math.max(...negative.map(volume)));
  });

  it("leaves the general study as it was: another scene, the same person", () => {
    const general = renderSubject("sij-t1", { seed: 7, subject: 1, size: "small" });
    expect(general.truth.person).toEqual(subjects[0].truth.person);
    expect(general.truth.lesions).not.toEqual(subjects[0].truth.lesions);
  });
});
