import { expect, test } from "vitest";
import { defaultDataConverter, defaultPayloadConverter, type ExternalStorage } from "../index.ts";
import { isLoadedDataConverter, loadDataConverter } from "./loaded-data-converter.ts";

const here = (name: string) => new URL(name, import.meta.url).pathname;

test("what is not given is the default, and what is loaded stays as it is", () => {
  expect(loadDataConverter()).toEqual(defaultDataConverter);
  expect(loadDataConverter(defaultDataConverter)).toBe(defaultDataConverter);
  expect(isLoadedDataConverter({ payloadCodecs: [] })).toBe(false);
  const payloadCodecs = [{ encode: async () => [], decode: async () => [] }];
  expect(loadDataConverter({ payloadCodecs })).toEqual({ ...defaultDataConverter, payloadCodecs });
  expect(loadDataConverter({ payloadConverter: defaultPayloadConverter } as never)).toEqual(defaultDataConverter);
});

test.each([
  [{ payloadConverterPath: here("nothing.js") }, /Could not find or load/],
  [{ payloadConverterPath: here("../duration.ts") }, /does not have a `payloadConverter` named export/],
  [{ failureConverterPath: here("../duration.ts") }, /does not have a `failureConverter` named export/],
  [{ externalStorage: {} as ExternalStorage }, /LargePayloadCodec/],
])("refuses %j", (dataConverter, message) => {
  expect(() => loadDataConverter(dataConverter)).toThrow(message);
});
