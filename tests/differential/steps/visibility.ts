/** Executions of a scenario's own, and what queries find among them. */
import type { Conversation } from "../conversation.ts";
import type { Plain } from "../wire-format.ts";

export interface Group {
  readonly type: string;
  /** The condition that all of the scenario's executions meet, and no other. */
  readonly all: string;
}

/** Starts executions, named and with attributes, and waits until all are found. */
export async function begin(t: Conversation, names: Readonly<Record<string, Plain>>): Promise<Group> {
  const type = t.identifier("Type");
  const all = `WorkflowType = '${type}'`;
  for (const [name, indexedFields] of Object.entries(names)) {
    await t.silently("StartWorkflowExecution", {
      namespace: t.namespace,
      workflowId: t.id(name),
      workflowType: { name: type },
      taskQueue: { name: t.id("queue") },
      requestId: t.id(name),
      ...(Object.keys(indexedFields).length === 0 ? {} : { searchAttributes: { indexedFields } }),
    });
  }
  await settle(t, all, Object.keys(names).length);
  return { type, all };
}

/** Waits until a query counts so many. */
export async function settle(t: Conversation, query: string, wanted: number): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const { count } = await t.silently("CountWorkflowExecutions", { namespace: t.namespace, query });
    if (Number(count ?? 0) === wanted) return;
    await t.sleep(50);
  }
  throw new Error(`${query} never counted ${wanted}`);
}

/** Each condition with how many it counts. */
export async function counts(t: Conversation, { all }: Group, conditions: readonly string[]): Promise<void> {
  for (const condition of conditions) {
    const query = `${all} AND (${condition})`;
    await t.call("CountWorkflowExecutions", { namespace: t.namespace, query }, { note: condition });
  }
}

export const close = (t: Conversation, name: string): Promise<unknown> =>
  t.silently("TerminateWorkflowExecution", {
    namespace: t.namespace,
    workflowExecution: { workflowId: t.id(name) },
  });

export const NONE = {};

/** A custom attribute of the scenario's own, known to the server when this returns. */
export async function addAttribute(t: Conversation, type: string): Promise<string> {
  const name = t.identifier("Attr");
  await t.operator("AddSearchAttributes", { namespace: t.namespace, searchAttributes: { [name]: type } });
  for (let attempt = 0; attempt < 300; attempt++) {
    const { error } = await t.silently("CountWorkflowExecutions", {
      namespace: t.namespace,
      query: `${name} IS NULL AND WorkflowId = 'nobody'`,
    });
    if (error === undefined) return name;
    await t.sleep(50);
  }
  throw new Error(`attribute ${name} was never known`);
}

/** The field that the server keeps an attribute in. */
export async function fieldOf(t: Conversation, name: string): Promise<string> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const { config } = await t.silently("DescribeNamespace", { namespace: t.namespace });
    const aliases = (config?.customSearchAttributeAliases ?? {}) as Record<string, string>;
    const found = Object.entries(aliases).find(([, alias]) => alias === name);
    if (found !== undefined) return found[0];
    await t.sleep(50);
  }
  throw new Error(`attribute ${name} has no field`);
}

export async function withAttribute(
  t: Conversation,
  type: string,
  run: (name: string) => Promise<void>,
): Promise<void> {
  const name = await addAttribute(t, type);
  await run(name);
  await t.operator("RemoveSearchAttributes", { namespace: t.namespace, searchAttributes: [name] });
}
