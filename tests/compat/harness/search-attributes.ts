// The custom search attributes of the suite, one of each type.

import { defineSearchAttributeKey } from "@temporalio/common";
import { temporal } from "@temporalio/proto";
import { randomUUID } from "node:crypto";
import { eventually } from "./eventually.ts";
import type { World } from "./world.ts";

const { IndexedValueType } = temporal.api.enums.v1;

export const keys = {
  keyword: defineSearchAttributeKey("CompatKeyword", "KEYWORD"),
  text: defineSearchAttributeKey("CompatText", "TEXT"),
  int: defineSearchAttributeKey("CompatInt", "INT"),
  double: defineSearchAttributeKey("CompatDouble", "DOUBLE"),
  bool: defineSearchAttributeKey("CompatBool", "BOOL"),
  datetime: defineSearchAttributeKey("CompatDatetime", "DATETIME"),
  keywordList: defineSearchAttributeKey("CompatKeywordList", "KEYWORD_LIST"),
};

export const typeByName: Record<string, number> = {
  CompatKeyword: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  CompatText: IndexedValueType.INDEXED_VALUE_TYPE_TEXT,
  CompatInt: IndexedValueType.INDEXED_VALUE_TYPE_INT,
  CompatDouble: IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE,
  CompatBool: IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
  CompatDatetime: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
  CompatKeywordList: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
};

/** Adds what is missing, and waits until a start with all of them is accepted. */
export async function prepareSearchAttributes(
  world: Pick<World, "connection" | "client" | "namespace">,
): Promise<void> {
  const { customAttributes } = await world.connection.operatorService.listSearchAttributes({
    namespace: world.namespace,
  });
  const missing = Object.entries(typeByName).filter(([name]) => customAttributes[name] === undefined);
  if (missing.length > 0) {
    await world.connection.operatorService.addSearchAttributes({
      namespace: world.namespace,
      searchAttributes: Object.fromEntries(missing),
    });
  }
  // An external server may learn of new attributes seconds later than it says so.
  await eventually(async () => {
    const handle = await world.client.workflow.start("neverPolled", {
      workflowId: `compat-search-attributes-${randomUUID()}`,
      taskQueue: "compat-nobody-polls",
      typedSearchAttributes: [
        { key: keys.keyword, value: "probe" },
        { key: keys.keywordList, value: ["probe"] },
        { key: keys.datetime, value: new Date(0) },
      ],
    });
    await handle.terminate("only a probe");
  });
}
