/** Content items of structured reports (PS3.3 section C.17.3), to be put together into a tree. */
import { code, codeItem, type Code } from "../code.js";
import { decimalString, type Natural } from "../natural.js";

export type Relationship = "CONTAINS" | "HAS OBS CONTEXT" | "HAS CONCEPT MOD" | "HAS PROPERTIES";

const item = (
  valueType: string,
  relationship: Relationship,
  name: Code | undefined,
  rest: Natural,
): Natural => ({
  RelationshipType: relationship,
  ValueType: valueType,
  ConceptNameCodeSequence: name && [codeItem(name)],
  ...rest,
});

export function container(name: Code, children: readonly Natural[], template?: string): Natural {
  return item("CONTAINER", "CONTAINS", name, {
    ContinuityOfContent: "SEPARATE",
    ContentTemplateSequence:
      template === undefined ? undefined : [{ MappingResource: "DCMR", TemplateIdentifier: template }],
    ContentSequence: children,
  });
}

export const textItem = (relationship: Relationship, name: Code, text: string): Natural =>
  item("TEXT", relationship, name, { TextValue: text });

export const conceptItem = (
  relationship: Relationship,
  name: Code,
  value: Code,
  children?: readonly Natural[],
): Natural =>
  item("CODE", relationship, name, {
    ConceptCodeSequence: [codeItem(value)],
    ContentSequence: children,
  });

export const uidItem = (relationship: Relationship, name: Code, uid: string): Natural =>
  item("UIDREF", relationship, name, { UID: uid });

const notDefined = code("114008", "DCM", "Calculation failure");

/** A number with its unit; without one the item says that it could not be computed (PS3.3 section C.18.1). */
export function numberItem(name: Code, value: number | undefined, unit: Code): Natural {
  if (value === undefined)
    return item("NUM", "CONTAINS", name, {
      MeasuredValueSequence: [],
      NumericValueQualifierCodeSequence: [codeItem(notDefined)],
    });
  const decimal = decimalString(value);
  return item("NUM", "CONTAINS", name, {
    MeasuredValueSequence: [
      {
        MeasurementUnitsCodeSequence: [codeItem(unit)],
        NumericValue: decimal,
        FloatingPointValue: Number(decimal) === value ? undefined : value,
      },
    ],
  });
}

export interface SegmentReference {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly segment: number;
}

export function segmentItem(name: Code, { sopClassUid, sopInstanceUid, segment }: SegmentReference): Natural {
  return item("IMAGE", "CONTAINS", name, {
    ReferencedSOPSequence: [
      {
        ReferencedSOPClassUID: sopClassUid,
        ReferencedSOPInstanceUID: sopInstanceUid,
        ReferencedSegmentNumber: segment,
      },
    ],
  });
}
