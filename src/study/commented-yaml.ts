/** YAML with a comment above each top-level entry; short lists stay on one line. */
import { Document, isCollection, isMap, isScalar, visit } from "yaml";

/** YAML text of an object; `comments` by entry name, each one line. */
export function formatCommentedYaml(
  value: object,
  comments: Readonly<Partial<Record<string, string>>>,
): string {
  const doc = new Document(value);
  const isFlat = (item: unknown) =>
    isScalar(item) || (isCollection(item) && item.items.every((one) => isScalar(one)));
  visit(doc, {
    Seq: (_, list) => {
      if (list.items.every(isFlat)) list.flow = true;
    },
  });
  for (const { key } of isMap(doc.contents) ? doc.contents.items : []) {
    if (!isScalar(key)) continue;
    const comment = comments[String(key.value)];
    if (comment !== undefined) key.commentBefore = ` ${comment}`;
  }
  return doc.toString({ lineWidth: 0, flowCollectionPadding: false });
}
