import { describe, expect, test } from "vitest";
import { encode, messageType, render, toMessage } from "./wire-format.ts";
import type { Leaf, Plain } from "./wire-format.ts";

const asIs: Leaf = (kind, _field, value) => (kind === "bytes" ? (value as Buffer).toString() : value);

function roundTrip(name: string, plain: Plain): Plain {
  const type = messageType(name);
  return render(type, type.decode(encode(type, plain)), asIs);
}

const startRequest = "temporal.api.workflowservice.v1.StartWorkflowExecutionRequest";

describe("plain objects and messages", () => {
  test("an enum may be named without its prefix and is shown so", () => {
    expect(roundTrip(startRequest, { workflowIdReusePolicy: "REJECT_DUPLICATE" })).toEqual({
      workflowIdReusePolicy: "REJECT_DUPLICATE",
    });
  });

  test("durations are text", () => {
    expect(roundTrip(startRequest, { workflowRunTimeout: "1.5s", workflowTaskTimeout: "-2s" })).toEqual({
      workflowRunTimeout: "1.5s",
      workflowTaskTimeout: "-2s",
    });
  });

  test("a default without presence is left out, a message that is there stays", () => {
    expect(roundTrip(startRequest, { namespace: "", memo: {}, requestEagerExecution: false })).toEqual({ memo: {} });
  });

  test("an Any shows its type and its fields", () => {
    const body = { "@type": "temporal.api.update.v1.Response", meta: { updateId: "u" } };
    expect(roundTrip("temporal.api.protocol.v1.Message", { id: "m", body })).toEqual({ id: "m", body });
  });

  test("64-bit numbers keep all their digits", () => {
    const name = "temporal.api.history.v1.HistoryEvent";
    expect(roundTrip(name, { eventId: "9007199254740993", taskId: "-2" })).toEqual({
      eventId: "9007199254740993",
      taskId: "-2",
    });
  });

  test("a field that the type does not have is an error", () => {
    expect(() => toMessage(messageType(startRequest), { workflowID: "w" })).toThrow("has no field workflowID");
  });

  test("an unknown enum value is an error", () => {
    expect(() => toMessage(messageType(startRequest), { workflowIdReusePolicy: "NONSENSE" })).toThrow(
      "has no value NONSENSE",
    );
  });
});
