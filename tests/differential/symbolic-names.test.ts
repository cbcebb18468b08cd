import { describe, expect, test } from "vitest";
import { SymbolicNames } from "./symbolic-names.ts";

const nonce = "~0badcafe";
const first = "11111111-1111-4111-8111-111111111111";
const second = "22222222-2222-4222-8222-222222222222";

function namesOf(masked: string[] = []): SymbolicNames {
  return new SymbolicNames({ nonce, masked: new Set(masked), silentTokens: new Set() });
}

describe("symbolic names", () => {
  test("an id has one name, by the field where it appears first", () => {
    const leaf = namesOf().leaf("reply");
    expect(leaf("text", "runId", first)).toBe("run-1");
    expect(leaf("text", "requestId", second)).toBe("request-1");
    expect(leaf("text", "message", `run ${first}, request ${second}`)).toBe("run run-1, request request-1");
  });

  test("the nonce of the script's own names is not shown", () => {
    expect(namesOf().leaf("reply")("text", "workflowId", `order${nonce}`)).toBe("order");
  });

  test("a token that a server gave has a name, one that the script made up is shown", () => {
    const names = namesOf();
    const given = Buffer.from([1, 2, 255]);
    expect(names.leaf("reply")("bytes", "taskToken", given)).toBe("token-1");
    expect(names.leaf("request")("bytes", "taskToken", given)).toBe("token-1");
    expect(names.leaf("request")("bytes", "taskToken", Buffer.from("nonsense"))).toBe("nonsense");
  });

  test("a time keeps its presence, an expiration its distance from the start", () => {
    const leaf = namesOf().leaf("reply");
    const start = Date.UTC(2026, 0, 1);
    expect(leaf("time", "eventTime", start)).toBe("time");
    expect(leaf("time", "workflowExecutionExpirationTime", start + 30_004)).toBe("start + 30s");
    expect(leaf("time", "runExpirationTime", Date.parse("0001-01-01"))).toBe("zero time");
  });

  test("durations are exact to a hundredth of a second", () => {
    const leaf = namesOf().leaf("reply");
    expect(leaf("duration", "currentRetryInterval", "60.000001883s")).toBe("60s");
    expect(leaf("duration", "firstWorkflowTaskBackoff", "0.95s")).toBe("the rest of a second");
    expect(leaf("duration", "firstWorkflowTaskBackoff", "2s")).toBe("2s");
  });

  test("masked fields keep their presence", () => {
    expect(namesOf(["firstWorkflowTaskBackoff"]).leaf("reply")("duration", "firstWorkflowTaskBackoff", "12s")).toBe(
      "masked",
    );
  });

  test("long texts are told by what they repeat or by a digest", () => {
    const leaf = namesOf().leaf("reply");
    expect(leaf("text", "message", `id ${"x".repeat(1001)} is too long`)).toBe("id x…(1001 times) is too long");
    expect(leaf("text", "message", "ab".repeat(500))).toMatch(/^1000 bytes [0-9a-f]{12}$/);
  });

  test("texts of errors have single blanks, data keeps its own", () => {
    const leaf = namesOf().leaf("reply");
    expect(leaf("text", "message", "proto:\u00A0cannot  parse")).toBe("proto: cannot parse");
    expect(leaf("text", "signalName", "a  b")).toBe("a  b");
  });
});
