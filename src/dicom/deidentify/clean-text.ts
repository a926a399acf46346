/**
 * Free text cleaned by what is known to be harmless: a word stays only if it is in the vocabulary of MRI protocols or is a
 * quantity with its unit. Everything else, numbers above all, is left out. No list of names is involved.
 */
import { quantities, vocabulary } from "./vocabulary.js";

/** Signs between the words of protocol names; the rest belongs to a word (T2*, 0.8mm). */
const separators = /[^\p{L}\p{N}*./]+|\.(?!\d)|\/(?!o)/u;

/**
 * The harmless words of `text`, in order, with single spaces between them; "" where none is left. `never` are words (lower
 * case) that go although the vocabulary has them, such as the parts of the patient's name.
 */
export function cleanText(text: string, never: ReadonlySet<string> = new Set()): string {
  return text
    .split(separators)
    .filter((word) => isHarmless(word.toLowerCase()) && !never.has(word.toLowerCase()))
    .join(" ");
}

function isHarmless(word: string): boolean {
  return vocabulary.has(word) || quantities.some((pattern) => pattern.test(word));
}
