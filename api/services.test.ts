import { expect, test } from "vitest";
import { operatorService, workflowService } from "./gen/services.js";
import { Codec } from "./codec.ts";

test("every method has its path, its handler's name and its codecs", () => {
  const methods = [...workflowService, ...operatorService];
  expect(new Set(methods.map(({ path }) => path)).size).toBe(methods.length);
  for (const { service, name, path, key, request, response } of methods) {
    expect(path).toBe(`/${service}/${name}`);
    expect(key).toBe(name[0]!.toLowerCase() + name.slice(1));
    expect(request).toBeInstanceOf(Codec);
    expect(response).toBeInstanceOf(Codec);
  }
  expect([workflowService.length, operatorService.length]).toEqual([123, 12]);
});
