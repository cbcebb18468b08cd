import { createRequire } from "node:module";
import { expect, test } from "vitest";
import * as ours from "./index.ts";

const official = createRequire(import.meta.url)("@temporalio/client") as Record<string, unknown>;

/** Names of the official package that ours does not have, each with its reason. */
const MISSING = new Set([
  // Of the module format, not of the API.
  "__esModule",
  "default",
  // Classes of protobufjs for raw access. Ours are types: `connection.workflowService` has the methods.
  "HealthService",
  "OperatorService",
  "TestService",
  "WorkflowService",
]);

/** Theirs are in `@temporalio/proto`. */
const ADDED = ["IndexedValueType"];

test("every name of @temporalio/client is exported, and no other that has no reason", () => {
  const theirs = Object.keys(official).filter((name) => !MISSING.has(name));
  expect(theirs.filter((name) => !(name in ours))).toEqual([]);
  expect(Object.keys(ours).filter((name) => !(name in official))).toEqual(ADDED);
});

test("classes have the methods of @temporalio/client", () => {
  const missing: string[] = [];
  for (const [name, value] of Object.entries(official)) {
    const own = (ours as Record<string, unknown>)[name];
    if (typeof value !== "function" || typeof own !== "function" || !name.endsWith("Client")) continue;
    const theirs = publicMethods(value.prototype as object);
    missing.push(...theirs.filter((method) => !(method in (own.prototype as object))).map((m) => `${name}.${m}`));
  }
  // Handlers at the end of interceptor chains are internal, and so is what throws.
  expect(missing.filter((method) => !/Handler$|rethrow|\._|create\w+Handle$|storageTarget|build/.test(method))).toEqual(
    INTERNAL,
  );
});

/** Protected methods of the official classes, which subclasses outside the SDK do not use. */
const INTERNAL = [
  "ActivityClient.createHandle",
  "WorkflowClient.workflowSerializationContext",
  "WorkflowClient.createStartWorkflowRequest",
  "NexusClient.startNexusOperation",
  "NexusClient.getNexusOperationResult",
  "NexusClient.describeNexusOperation",
  "NexusClient.cancelNexusOperation",
  "NexusClient.terminateNexusOperation",
];

function publicMethods(prototype: object): string[] {
  return Object.getOwnPropertyNames(prototype).filter((name) => name !== "constructor");
}
