/** Custom search attributes: what each type takes and finds, and how they come and go. */
import { scenario } from "../scenario.ts";
import type { Scenario } from "../scenario.ts";
import { upsertSearchAttributes } from "../steps/commands.ts";
import { attribute, payload } from "../steps/payload.ts";
import { addAttribute, begin, counts, fieldOf, NONE, settle, withAttribute } from "../steps/visibility.ts";
import { describeWorkflow, startWorkflow, terminateWorkflow } from "../steps/workflow.ts";
import { doTask } from "../steps/workflow-task.ts";
import type { Plain } from "../wire-format.ts";

export const visibilityAttributes: readonly Scenario[] = [
  scenario("visibility attributes/Int", (t) =>
    withAttribute(t, "INT", async (name) => {
      const group = await begin(t, {
        five: { [name]: attribute("Int", 5) },
        minus: { [name]: attribute("Int", -7) },
        none: NONE,
      });
      await counts(t, group, [
        `${name} = 5`,
        `${name} = 5.0`,
        `${name} != 5`,
        `${name} > -10`,
        `${name} > 4.5`,
        `${name} < 5.5`,
        `${name} = 4.5`,
        `${name} IN (5, -7)`,
        `${name} NOT IN (5)`,
        `${name} BETWEEN -7 AND 5`,
        `${name} NOT BETWEEN 0 AND 10`,
        `NOT ${name} = 5`,
        `${name} IS NULL`,
        `${name} = 'five'`,
        `${name} = true`,
        `${name} STARTS_WITH 5`,
      ]);
    }),
  ),

  scenario("visibility attributes/Double", (t) =>
    withAttribute(t, "DOUBLE", async (name) => {
      const group = await begin(t, {
        half: { [name]: attribute("Double", 2.5) },
        minus: { [name]: attribute("Double", -0.5) },
        whole: { [name]: attribute("Double", 3) },
        none: NONE,
      });
      await counts(t, group, [
        `${name} = 2.5`,
        `${name} = 25e-1`,
        `${name} = 3`,
        `${name} > 0`,
        `${name} <= -0.5`,
        `${name} IN (2.5, 3)`,
        `${name} BETWEEN 0 AND 2.5`,
        `${name} != 2.5`,
        `${name} IS NOT NULL`,
        `${name} = 'x'`,
        `${name} STARTS_WITH 2.5`,
      ]);
    }),
  ),

  scenario("visibility attributes/Bool", (t) =>
    withAttribute(t, "BOOL", async (name) => {
      const group = await begin(t, { yes: { [name]: attribute("Bool", true) }, none: NONE });
      await counts(t, group, [`${name} = true`, `${name} = false`, `${name} IS NULL`, `${name} = 1`, `${name} < true`]);
    }),
  ),

  scenario("visibility attributes/Datetime", (t) =>
    withAttribute(t, "DATETIME", async (name) => {
      const group = await begin(t, {
        a: { [name]: attribute("Datetime", "2020-01-02T03:04:05Z") },
        b: { [name]: attribute("Datetime", "2021-06-07T06:09:10Z") },
        none: NONE,
      });
      await counts(t, group, [
        `${name} > '2020-12-31T00:00:00Z'`,
        `${name} <= '2021-06-07T06:09:11Z'`,
        `${name} BETWEEN '2020-01-01T00:00:00Z' AND '2020-12-31T23:59:59Z'`,
        `${name} IS NULL`,
        `${name} > 'x'`,
        `${name} STARTS_WITH '2020-01-02T03:04:05Z'`,
      ]);
    }),
  ),

  scenario("visibility attributes/Keyword", (t) =>
    withAttribute(t, "KEYWORD", async (name) => {
      const group = await begin(t, {
        red: { [name]: attribute("Keyword", "red") },
        green: { [name]: attribute("Keyword", "green") },
        none: NONE,
      });
      await counts(t, group, [
        `${name} = 'red'`,
        `${name} != 'red'`,
        `NOT ${name} = 'red'`,
        `${name} IN ('red', 'green')`,
        `${name} NOT IN ('red')`,
        `${name} STARTS_WITH 'gr'`,
        `${name} NOT STARTS_WITH 'gr'`,
        `${name} BETWEEN 'a' AND 'm'`,
        `${name} IS NULL`,
        `Temporal${name} = 'red'`,
        `${name} = 5`,
      ]);
    }),
  ),

  scenario("visibility attributes/KeywordList", (t) =>
    withAttribute(t, "KEYWORD_LIST", async (name) => {
      const group = await begin(t, {
        both: { [name]: attribute("KeywordList", ["a", "b"]) },
        one: { [name]: attribute("KeywordList", ["b"]) },
        none: NONE,
      });
      await counts(t, group, [
        `${name} = 'a'`,
        `${name} = 'b'`,
        `${name} NOT IN ('a')`,
        `${name} != 'a'`,
        `${name} > 'a'`,
        `${name} IS NULL`,
      ]);
    }),
  ),

  scenario("visibility attributes/Text", (t) =>
    withAttribute(t, "TEXT", async (name) => {
      const group = await begin(t, {
        fox: { [name]: attribute("Text", "The quick brown fox") },
        dog: { [name]: attribute("Text", "a lazy DOG, sleeping") },
        none: NONE,
      });
      await counts(t, group, [
        `${name} = 'fox'`,
        `${name} = 'QUICK'`,
        `${name} = 'dog'`,
        `${name} = 'fox dog'`,
        `${name} = 'quic'`,
        `${name} = 'unicorn'`,
        `${name} != 'fox'`,
        `NOT ${name} = 'fox'`,
        `${name} IS NULL`,
        `${name} = ''`,
        `${name} = ' '`,
        `${name} > 'a'`,
        `${name} IN ('fox')`,
        `${name} BETWEEN 'a' AND 'b'`,
        `${name} STARTS_WITH 'qui'`,
        `${name} = 5`,
      ]);
    }),
  ),

  scenario("visibility attributes/values that do not fit", (t) =>
    withAttribute(t, "INT", async (name) => {
      const values: readonly unknown[] = ["five", 1.5, true, [1, 2], { a: 1 }, 2 ** 70, [3], []];
      for (const [number, value] of values.entries()) {
        await startWorkflow(t, {
          workflowId: t.id(`workflow-${number}`),
          requestId: t.id(`start-${number}`),
          searchAttributes: { indexedFields: { [name]: payload(value) } },
        });
      }
    }),
  ),

  scenario("visibility attributes/set, changed and removed", (t) =>
    withAttribute(t, "KEYWORD", async (name) => {
      await startWorkflow(t, { searchAttributes: { indexedFields: { [name]: payload("green") } } });
      const found = (value: string): string => `${name} = '${value}'`;
      await settle(t, found("green"), 1);
      await doTask(t, [upsertSearchAttributes({ [name]: payload("blue") })]);
      await settle(t, found("blue"), 1);
      await t.call("CountWorkflowExecutions", { namespace: t.namespace, query: found("green") });
      await describeWorkflow(t);
      await t.silently("SignalWorkflowExecution", {
        namespace: t.namespace,
        workflowExecution: { workflowId: t.id("workflow") },
        signalName: "signal",
      });
      await doTask(t, [upsertSearchAttributes({ [name]: payload(null) })]);
      await settle(t, found("blue"), 0);
      await describeWorkflow(t);
      await terminateWorkflow(t);
    }),
  ),

  scenario("visibility attributes/registered again", async (t) => {
    const name = await addAttribute(t, "KEYWORD");
    const add = (type: string): Promise<Plain> =>
      t.operator("AddSearchAttributes", { namespace: t.namespace, searchAttributes: { [name]: type } });
    await add("KEYWORD");
    await add("INT");
    await t.operator("AddSearchAttributes", { namespace: t.namespace, searchAttributes: { BuildIds: "KEYWORD_LIST" } });
    await t.operator("AddSearchAttributes", { namespace: t.namespace, searchAttributes: { TemporalOwn: "KEYWORD" } });
    await t.operator("RemoveSearchAttributes", { namespace: t.namespace, searchAttributes: ["BuildIds"] });
    await t.operator("RemoveSearchAttributes", { namespace: t.namespace, searchAttributes: [name] });
    await t.operator("RemoveSearchAttributes", { namespace: t.namespace, searchAttributes: [name] });
  }),

  scenario("visibility attributes/renamed", async (t) => {
    const [old, name] = [await addAttribute(t, "KEYWORD"), t.identifier("Renamed")];
    const group = await begin(t, { a: { [old]: attribute("Keyword", "v") }, none: NONE });
    const field = await fieldOf(t, old);
    const rename = async (alias: string): Promise<string> => {
      const config = { customSearchAttributeAliases: { [field]: alias } };
      const { error }: Plain = await t.silently("UpdateNamespace", { namespace: t.namespace, config });
      return error === undefined ? "OK" : `${error.code} ${error.message}`;
    };
    // The field's number is the server's choice, so the outcome stands in a note.
    const outcomes = [await rename(name), await rename(old), await rename(""), await rename(""), await rename(name)];
    for (let attempt = 0; attempt < 300; attempt++) {
      const known = await t.silently("CountWorkflowExecutions", { namespace: t.namespace, query: `${name} IS NULL` });
      if (known.error === undefined) break;
      await t.sleep(50);
    }
    await t.call("CountWorkflowExecutions", { namespace: t.namespace, query: `${group.all} AND ${name} = 'v'` });
    await t.call("CountWorkflowExecutions", { namespace: t.namespace, query: `${group.all} AND ${old} = 'v'` });
    const query = `${group.all} AND ${name} IS NOT NULL`;
    await t.call("ListWorkflowExecutions", { namespace: t.namespace, query });
    await describeWorkflow(t, { workflowId: t.id("a") }, { note: outcomes.join("; ") });
    await t.operator("RemoveSearchAttributes", { namespace: t.namespace, searchAttributes: [name] });
  }),

  scenario("visibility attributes/a removed one is unknown", async (t) => {
    const name = await addAttribute(t, "KEYWORD");
    await t.operator("RemoveSearchAttributes", { namespace: t.namespace, searchAttributes: [name] });
    await t.callWhen(
      "CountWorkflowExecutions",
      { namespace: t.namespace, query: `${name} = 'x'` },
      ({ error }) => error !== undefined,
    );
    await startWorkflow(t, { searchAttributes: { indexedFields: { [name]: payload("x") } } });
  }),
];
