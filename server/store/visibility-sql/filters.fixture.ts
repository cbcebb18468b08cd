/** Filters and rows that meet: few values, many of them at the edges of what columns hold. */
import * as fc from "fast-check";
import type {
  Attribute,
  AttributeType,
  Scalar,
  SystemColumn,
  VisibilityField,
  VisibilityFilter,
} from "../visibility.ts";
import { NAMESPACE } from "../sqlite/visibility-rows-fixture.ts";

const TEXTS = [
  "",
  "a",
  "A",
  "ab",
  "b",
  "a\0b",
  "%",
  "é",
  "\ud7ff",
  "\ue000",
  "\uffff",
  "😀",
  "\u{10ffff}",
  "a\u{10ffff}",
];
const NUMBERS: Scalar[] = [-7, 0, 1, 2, 2.5, 5, 9_007_199_254_740_991, 9_007_199_254_740_993n, -(2n ** 63n), 1e19];
const UUIDS = [
  "00000000-0000-0000-0000-000000000000",
  "01a1fe17-6455-702b-8bd1-b3dbcd7fd1bd",
  "01a1fe17-6455-702b-8bd1-b3dbcd7fd1be",
  "0fffffff-ffff-ffff-ffff-ffffffffffff",
  "10000000-0000-0000-0000-000000000000",
  "ffffffff-ffff-ffff-ffff-ffffffffffff",
];
const NEAR_UUIDS = [
  ...UUIDS,
  ...UUIDS.flatMap((uuid) => [uuid.slice(0, 1), uuid.slice(0, 8), uuid.slice(0, 9), uuid.slice(0, 35), `${uuid}0`]),
  "01A1FE17-6455-702B-8BD1-B3DBCD7FD1BD",
  ..."01a1fe17x 01a1fe17. 0F 0\ue000 f: g".split(" "),
  "01a1fe17 ",
  "",
];

const textColumns: SystemColumn[] = ["workflowId", "workflowType", "taskQueue", "parentWorkflowId", "rootWorkflowId"];
const numberColumns: SystemColumn[] = ["status", "startTime", "closeTime", "historyLength", "executionDurationNs"];
const uuidColumns: SystemColumn[] = ["runId", "parentRunId", "rootRunId"];
const attributeTypes: AttributeType[] = ["Text", "Keyword", "Int", "Double", "Bool", "Datetime", "KeywordList"];

const text = fc.constantFrom(...TEXTS);
const uuid = fc.constantFrom(...UUIDS);
const smallNumber = fc.constantFrom(-7, 0, 1, 2, 5);

function valuesOf(field: VisibilityField): fc.Arbitrary<Scalar> {
  if (field.kind === "system" && uuidColumns.includes(field.column)) return fc.constantFrom(...NEAR_UUIDS);
  switch (field.type) {
    case "Bool":
      return fc.boolean();
    case "Int":
    case "Double":
    case "Datetime":
      return fc.constantFrom(...NUMBERS);
    default:
      return text;
  }
}

const field: fc.Arbitrary<VisibilityField> = fc.oneof(
  fc
    .constantFrom(...textColumns, ...uuidColumns)
    .map((column) => ({ kind: "system", column, type: "Keyword" }) as const),
  fc.constantFrom(...numberColumns).map((column) => ({ kind: "system", column, type: "Int" }) as const),
  fc.constantFrom(...attributeTypes).map((type) => ({ kind: "attribute", name: `A${type}`, type }) as const),
);

const leaf: fc.Arbitrary<VisibilityFilter> = fc.tuple(field, fc.boolean()).chain(([on, negated]) => {
  const value = valuesOf(on);
  const isSet = on.type === "Text" || on.type === "KeywordList";
  const op = isSet ? fc.constantFrom("=", "!=") : fc.constantFrom("=", "!=", "<", "<=", ">", ">=");
  const leaves: fc.Arbitrary<VisibilityFilter>[] = [
    op.chain((one) =>
      value.map((right) => ({ kind: "compare", field: on, op: one, value: right }) as VisibilityFilter),
    ),
    fc.array(value, { maxLength: 3 }).map((values) => ({ kind: "in", field: on, values, negated })),
    fc.constant({ kind: "isNull", field: on, negated }),
  ];
  if (!isSet) {
    leaves.push(fc.tuple(value, value).map(([low, high]) => ({ kind: "between", field: on, low, high, negated })));
  }
  if (on.type === "Keyword") {
    leaves.push(value.map((prefix) => ({ kind: "startsWith", field: on, prefix: String(prefix), negated })));
  }
  return fc.oneof(...leaves);
});

export const { filter } = fc.letrec<{ filter: VisibilityFilter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    leaf,
    fc.record({
      kind: fc.constantFrom("and", "or"),
      filters: fc.array(tie("filter"), { minLength: 1, maxLength: 3 }),
    }),
    tie("filter").map((one) => ({ kind: "not", filter: one }) as const),
  ),
}));

const attributes: fc.Arbitrary<Attribute[]> = fc
  .tuple(
    fc.option(fc.array(text, { minLength: 1, maxLength: 3 })),
    fc.option(text),
    fc.option(fc.constantFrom(...NUMBERS.filter((value) => typeof value === "bigint" || Number.isSafeInteger(value)))),
    fc.option(fc.constantFrom(-7, 0, 1, 2.5, 1e19)),
    fc.option(fc.boolean()),
    fc.option(smallNumber),
    fc.option(fc.array(text, { minLength: 1, maxLength: 3 })),
  )
  .map((values) =>
    attributeTypes.flatMap((type, i) => {
      const value = values[i];
      // The same name under another type must not be found.
      const name = type === "Bool" && value === false ? "AInt" : `A${type}`;
      return value === null || value === undefined ? [] : [{ name, type, value } as Attribute];
    }),
  );

const anyRow = fc.record({
  slot: fc.constant(0),
  namespace: fc.constant(NAMESPACE),
  kind: fc.constant(1),
  workflowId: text,
  runId: uuid,
  workflowType: text,
  taskQueue: text,
  status: fc.constantFrom(0, 1, 2, 5),
  startTime: smallNumber,
  executionTime: smallNumber,
  closeTime: fc.option(smallNumber, { nil: undefined }),
  historyLength: fc.option(smallNumber, { nil: undefined }),
  historySizeBytes: fc.option(smallNumber, { nil: undefined }),
  stateTransitionCount: fc.option(smallNumber, { nil: undefined }),
  executionDurationNs: fc.option(smallNumber, { nil: undefined }),
  parentWorkflowId: fc.option(text, { nil: undefined }),
  parentRunId: fc.option(uuid, { nil: undefined }),
  rootWorkflowId: text,
  rootRunId: uuid,
  memo: fc.constant(undefined),
  searchAttributes: fc.constant(undefined),
  attributes,
});

/** Known at the close only. */
const UNTIL_CLOSED = {
  historyLength: undefined,
  historySizeBytes: undefined,
  stateTransitionCount: undefined,
  executionDurationNs: undefined,
};

export const row = anyRow.map((one) => (one.closeTime === undefined ? { ...one, ...UNTIL_CLOSED } : one));
