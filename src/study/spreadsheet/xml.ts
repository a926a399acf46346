/** The little of XML 1.0 that spreadsheets are written in: elements, attributes, text. No document types, no entities but the five. */

export type XmlEvent =
  | { readonly kind: "open"; readonly name: string; readonly attributes: Readonly<Record<string, string>> }
  | { readonly kind: "close"; readonly name: string }
  | { readonly kind: "text"; readonly text: string };

const name = "[^\\s<>/=\"']+";
const attribute = `${name}\\s*=\\s*(?:"[^"<]*"|'[^'<]*')`;
/** One token: what is passed over, CDATA, a tag, or text. */
const token = new RegExp(
  `(<!--[^]*?-->|<\\?[^]*?\\?>)|<!\\[CDATA\\[([^]*?)\\]\\]>|<(/?)(${name})((?:\\s+${attribute})*)\\s*(/?)>|([^<]+)`,
  "y",
);

/** Elements and texts in their order; namespace prefixes are cut off. Throws SyntaxError for what is no such XML. */
export function* xmlEvents(xml: string): Generator<XmlEvent> {
  const tokens = new RegExp(token);
  const end = xml.length;
  while (tokens.lastIndex < end) {
    const at = tokens.lastIndex;
    const found = tokens.exec(xml);
    if (!found) throw new SyntaxError(`no XML at character ${at}`);
    yield* eventsOf(found);
  }
}

function* eventsOf(found: RegExpExecArray): Generator<XmlEvent> {
  const [, passed, data, closing, tag, attributes, alone, text] = found as readonly (string | undefined)[];
  if (passed !== undefined) return;
  if (data !== undefined) yield { kind: "text", text: data };
  else if (text !== undefined) yield { kind: "text", text: decoded(text) };
  else if (closing) yield { kind: "close", name: local(tag) };
  else {
    yield { kind: "open", name: local(tag), attributes: attributesOf(attributes) };
    if (alone) yield { kind: "close", name: local(tag) };
  }
}

const local = (qualified = "") => qualified.slice(qualified.indexOf(":") + 1);

function attributesOf(text = ""): Record<string, string> {
  const all = text.matchAll(new RegExp(`(${name})\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, "g"));
  return Object.fromEntries(
    Array.from(all, ([, key, double, single]) => [local(key), decoded(double ?? single)]),
  );
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function decoded(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex, decimal, known) => {
    const point = hex ? parseInt(String(hex), 16) : decimal ? Number(decimal) : undefined;
    if (point === undefined) return entities[String(known)] ?? String(whole);
    return point <= 0x10ffff ? String.fromCodePoint(point) : "\uFFFD";
  });
}
