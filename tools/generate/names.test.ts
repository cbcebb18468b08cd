import { expect, test } from "vitest";
import { chooseNames, type Named } from "./names.ts";

const types: [fullName: string, name: string][] = [
  ["temporal.api.common.v1.Payload", "Payload"],
  ["temporal.api.common.v1.Link", "Link"],
  ["temporal.api.common.v1.Link.WorkflowEvent", "Link_WorkflowEvent"],
  ["temporal.api.nexus.v1.Link", "NexusLink"],
  ["temporal.api.failure.v1.Failure", "Failure"],
  ["temporal.api.nexus.v1.Failure", "NexusFailure"],
  ["temporal.api.update.v1.Outcome", "UpdateOutcome"],
  ["temporal.api.update.v1.UpdateRef", "UpdateRef"],
  ["temporal.api.update.v1.Request", "UpdateRequest"],
  ["temporal.api.nexus.v1.Request", "NexusRequest"],
  ["temporal.api.nexus.v1.Request.Capabilities", "NexusRequest_Capabilities"],
  ["temporal.api.workflow.v1.CallbackInfo", "WorkflowCallbackInfo"],
  ["temporal.api.activity.v1.CallbackInfo.Trigger", "ActivityCallbackInfo_Trigger"],
  ["temporal.api.activity.v1.CallbackInfo", "ActivityCallbackInfo"],
];

function named(fullName: string): Named {
  const [packageName, names] = fullName.split(/\.(?=[A-Z].*)/s, 1).concat(fullName.match(/[A-Z].*/s)![0]);
  return { packageName: packageName!, path: names!.split(".") };
}

test("names are short where they are unique, and carry their package's noun where not", () => {
  const entries = types.map(([fullName]) => named(fullName));
  const chosen = chooseNames(entries);
  expect(entries.map((entry) => chosen.get(entry))).toEqual(types.map(([, name]) => name));
});

test("two types of one name in one package noun are refused with both names", () => {
  const twins = [named("a.history.v1.Event"), named("b.history.v1.Event")];
  expect(() => chooseNames(twins)).toThrow(/HistoryEvent names both b\.history\.v1\.Event and a\.history\.v1\.Event/);
});
