import { createRequire } from "node:module";
import protobuf from "protobufjs";
import { expect, test } from "vitest";
import { loadRoot, readModel } from "../tools/generate/reflection.ts";
import { apiTarget } from "../tools/generate/targets.ts";
import { descriptors } from "./descriptors.ts";
import { descriptorTable } from "./gen/descriptors.js";

const { FileDescriptorSet, FileDescriptorProto } = createRequire(import.meta.url)(
  "protobufjs/ext/descriptor",
) as Record<string, protobuf.Type>;

const decoded = [...descriptors.files.values()].map((bytes) => FileDescriptorProto!.decode(bytes));
const root = loadRoot([]);
const model = readModel(root, apiTarget.roots);

test("a root made of the descriptors has every message with the same fields", () => {
  const fromDescriptor = (protobuf.Root as unknown as { fromDescriptor(set: unknown): protobuf.Root }).fromDescriptor;
  const rebuilt = fromDescriptor(FileDescriptorSet!.create({ file: decoded }));
  rebuilt.resolveAll();
  for (const { fullName } of model.messages) {
    expect([fullName, shapeOf(rebuilt.lookupType(fullName))]).toEqual([fullName, shapeOf(root.lookupType(fullName))]);
  }
  for (const { fullName, values } of model.enums) {
    const expected = Object.fromEntries(values.map(({ name, number }) => [name, number]));
    expect([fullName, rebuilt.lookupEnum(fullName).values]).toEqual([fullName, expected]);
  }
  for (const { fullName, methods } of model.services) {
    const found = rebuilt
      .lookupService(fullName)
      .methodsArray.map(({ name, requestType, responseType }) => [
        name,
        requestType.replace(/^\./, ""),
        responseType.replace(/^\./, ""),
      ]);
    expect(found).toEqual(methods.map(({ name, request, response }) => [name, request.fullName, response.fullName]));
  }
});

function shapeOf(type: protobuf.Type): object[] {
  const byId = [...type.fieldsArray].sort((a, b) => a.id - b.id);
  return byId.map((field) => ({
    id: field.id,
    name: field.protoName ?? field.name,
    type: field.resolve().resolvedType?.fullName ?? field.type,
    map: field.map,
    repeated: field.repeated,
    oneof: field.partOf?.name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
  }));
}

test("a file comes after the files it depends on, and all of them are there", () => {
  const seen = new Set<string>();
  for (const { name, dependencies } of descriptorTable) {
    for (const dependency of dependencies) expect(seen).toContain(dependency);
    seen.add(name);
  }
  expect([...descriptors.files.keys()]).toEqual([...seen]);
});

test.each([
  ["temporal.api.workflowservice.v1.WorkflowService", "temporal/api/workflowservice/v1/message.proto"],
  [
    "temporal.api.workflowservice.v1.WorkflowService.StartWorkflowExecution",
    "temporal/api/workflowservice/v1/message.proto",
  ],
  ["temporal.api.operatorservice.v1.OperatorService", "temporal/api/operatorservice/v1/message.proto"],
  ["temporal.api.common.v1.Link.WorkflowEvent", "temporal/api/common/v1/message.proto"],
  ["temporal.api.enums.v1.EventType", "temporal/api/enums/v1/message.proto"],
  ["google.protobuf.Timestamp", "google/protobuf/timestamp.proto"],
  ["google.rpc.Status", "google/rpc/status.proto"],
])("%s is found in %s", (symbol, file) => {
  expect(descriptors.symbols.get(symbol)).toBe(file);
  expect(descriptors.files.has(file)).toBe(true);
});
