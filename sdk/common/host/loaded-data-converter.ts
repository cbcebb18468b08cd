import { createRequire } from "node:module";
import { type DataConverter, defaultFailureConverter, type LoadedDataConverter } from "../data-converter.ts";
import { ValueError } from "../errors.ts";
import type { FailureConverter } from "../failure-converter.ts";
import { defaultPayloadConverter, type PayloadConverter } from "../payload-converter.ts";
import { isRecord } from "../type-helpers.ts";

const require = createRequire(import.meta.url);

/** Whether the converter needs no loading. */
export function isLoadedDataConverter(
  dataConverter?: DataConverter | LoadedDataConverter,
): dataConverter is LoadedDataConverter {
  return isRecord(dataConverter) && "payloadConverter" in dataConverter && "failureConverter" in dataConverter;
}

/**
 * Loads the converters that are given as paths; what is not given is the default. Converters may also be given as
 * objects, for clients and for workflows without a sandbox.
 *
 * @throws ValueError when a file does not export what it should, and for external storage.
 */
export function loadDataConverter(dataConverter?: DataConverter | LoadedDataConverter): LoadedDataConverter {
  if (isLoadedDataConverter(dataConverter)) return dataConverter;
  const given = dataConverter as (DataConverter & Partial<LoadedDataConverter>) | undefined;
  if (given?.externalStorage !== undefined) {
    throw new ValueError("dataConverter.externalStorage is not supported: use LargePayloadCodec of perdure/codecs");
  }
  return {
    payloadConverter: given?.payloadConverter ?? loadPayloadConverter(given?.payloadConverterPath),
    failureConverter: given?.failureConverter ?? loadFailureConverter(given?.failureConverterPath),
    payloadCodecs: given?.payloadCodecs ?? [],
  };
}

function loadPayloadConverter(path: string | undefined): PayloadConverter {
  if (path === undefined) return defaultPayloadConverter;
  const converter = exportOf(path, "payloadConverter");
  if (!hasMethods(converter, ["toPayload", "fromPayload"])) {
    throw new ValueError(`payloadConverter export at ${path} must be an object with toPayload and fromPayload methods`);
  }
  return converter as unknown as PayloadConverter;
}

function loadFailureConverter(path: string | undefined): FailureConverter {
  if (path === undefined) return defaultFailureConverter;
  const converter = exportOf(path, "failureConverter");
  if (!hasMethods(converter, ["errorToFailure", "failureToError"])) {
    throw new ValueError(
      `failureConverter export at ${path} must be an object with errorToFailure and failureToError methods`,
    );
  }
  return converter as unknown as FailureConverter;
}

function exportOf(path: string, name: string): unknown {
  let module: unknown;
  try {
    module = require(path);
  } catch (error) {
    throw new ValueError(`Could not find or load a file at the specified ${name}Path: '${path}'.`, error);
  }
  const value = isRecord(module) ? module[name] : undefined;
  if (value === undefined) throw new ValueError(`Module ${path} does not have a \`${name}\` named export`);
  return value;
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  return isRecord(value) && names.every((name) => typeof value[name] === "function");
}
