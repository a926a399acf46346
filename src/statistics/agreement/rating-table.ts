/** Ratings of one reader against another's as counts: categories in a fixed order. */
export interface RatingTable {
  readonly categories: readonly (string | number)[];
  /** counts[i][j]: rated i by the first and j by the second reader. */
  readonly counts: readonly (readonly number[])[];
}

type Rating = string | number;

/** Pairs with a missing rating (NaN or an empty text) are left out and counted. Numbers are ordered by size. */
export function tabulate(
  first: readonly Rating[],
  second: readonly Rating[],
  order?: readonly Rating[],
): RatingTable & { readonly missing: number } {
  if (first.length !== second.length) throw new RangeError("ratings of different lengths cannot be paired");
  const pairs = first.map((a, n) => [a, second[n]] as const).filter((pair) => !pair.some(isMissing));
  const categories = order ?? [...new Set(pairs.flat())].sort(compareRatings);
  const index = new Map(categories.map((category, n) => [category, n]));
  const counts = categories.map(() => categories.map(() => 0));
  for (const [a, b] of pairs) counts[index.get(a) ?? 0][index.get(b) ?? 0]++;
  return { categories, counts, missing: first.length - pairs.length };
}

export function isMissing(rating: Rating): boolean {
  return rating === "" || (typeof rating === "number" && Number.isNaN(rating));
}

export function compareRatings(a: Rating, b: Rating): number {
  const [x, y] = [Number(a), Number(b)];
  return Number.isNaN(x - y) ? String(a).localeCompare(String(b), "en", { numeric: true }) : x - y;
}
