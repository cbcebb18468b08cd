import { GrpcError } from "../grpc/grpc-error.ts";
import type { Route, ServerStream, StreamReceiver } from "../grpc/handler.ts";
import { statusCodes } from "../grpc/status-code.ts";
import { healthFile, reflectionFiles } from "./built-in-files.ts";
import { healthServiceName } from "./health.ts";
import { decodeFields, encodeBytes, encodeNumber, stringField, type WireField } from "./protobuf.ts";

/** What reflection serves: encoded FileDescriptorProtos, and where each symbol is defined. */
export interface ReflectionData {
  /** File name → FileDescriptorProto. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Fully qualified name without a leading dot → file name. Nested names fall back to what contains them. */
  readonly symbols: ReadonlyMap<string, string>;
  readonly services: readonly string[];
}

/** Both versions have the same messages. */
export const reflectionServiceNames = [
  "grpc.reflection.v1.ServerReflection",
  "grpc.reflection.v1alpha.ServerReflection",
];

export function reflectionRoutes(
  application: ReflectionData,
  options: { hasHealth: boolean },
): Array<[path: string, route: Route]> {
  const data = withBuiltIn(application, options.hasHealth);
  return reflectionServiceNames.map((service) => [
    `/${service}/ServerReflectionInfo`,
    { kind: "stream", open: (stream) => reflect(data, stream) },
  ]);
}

/** Health and reflection describe themselves. */
function withBuiltIn({ files, symbols, services }: ReflectionData, hasHealth: boolean): ReflectionData {
  const builtIn = hasHealth ? [...reflectionFiles, healthFile] : reflectionFiles;
  const names = hasHealth ? [...reflectionServiceNames, healthServiceName] : reflectionServiceNames;
  return {
    files: new Map([...files, ...builtIn.map(({ name, bytes }) => [name, bytes] as const)]),
    // Whatever lies in one of their packages lies in their one file.
    symbols: new Map([...symbols, ...names.map((name, index) => [packageOf(name), builtIn[index]!.name] as const)]),
    services: [...services, ...names],
  };
}

function packageOf(service: string): string {
  return service.slice(0, service.lastIndexOf("."));
}

/** Field numbers of ServerReflectionRequest's and ServerReflectionResponse's alternatives. */
const asks = { fileByName: 3, fileOfSymbol: 4, fileOfExtension: 5, extensionNumbers: 6, listServices: 7 } as const;
const answers = { validHost: 1, originalRequest: 2, files: 4, services: 6, error: 7 } as const;
const fileDependency = 3;

function reflect(data: ReflectionData, stream: ServerStream): StreamReceiver {
  /** A client keeps what it got, so a file is sent once per stream. */
  const sent = new Set<string>();
  return {
    message(request) {
      const fields = readRequest(request);
      const host = stringField(fields, 1);
      stream.send(
        Buffer.concat([
          ...(host === "" ? [] : [encodeBytes(answers.validHost, host)]),
          encodeBytes(answers.originalRequest, request),
          answer(data, fields, sent),
        ]),
      );
    },
    end: () => stream.finish(),
  };
}

function readRequest(request: Uint8Array): WireField[] {
  try {
    return decodeFields(request);
  } catch (error) {
    throw new GrpcError(statusCodes.internal, `cannot read the request: ${(error as Error).message}`);
  }
}

function answer(data: ReflectionData, fields: readonly WireField[], sent: Set<string>): Uint8Array {
  const asked = fields.findLast((field) => field.number >= asks.fileByName && field.number <= asks.listServices);
  const name = asked === undefined ? "" : stringField(fields, asked.number);
  switch (asked?.number) {
    case asks.fileByName:
      return data.files.has(name)
        ? encodeFiles(data, name, sent)
        : encodeError(statusCodes.notFound, `file not found: ${name}`);
    case asks.fileOfSymbol: {
      const file = fileOfSymbol(data, name);
      return file === undefined
        ? encodeError(statusCodes.notFound, `symbol not found: ${name}`)
        : encodeFiles(data, file, sent);
    }
    case asks.fileOfExtension:
      return encodeError(statusCodes.notFound, "extension not found");
    case asks.extensionNumbers:
      return encodeError(statusCodes.notFound, `no extensions of ${name}`);
    case asks.listServices:
      return encodeServices(data.services);
  }
  return encodeError(statusCodes.invalidArgument, "the request asks for nothing");
}

function fileOfSymbol(data: ReflectionData, symbol: string): string | undefined {
  for (let name = symbol; ; name = name.slice(0, name.lastIndexOf("."))) {
    const file = data.symbols.get(name);
    if (file !== undefined) return file;
    if (!name.includes(".")) return undefined;
  }
}

/** The file and all it depends on, the file itself first. */
function encodeFiles(data: ReflectionData, name: string, sent: Set<string>): Uint8Array {
  const found: Uint8Array[] = [];
  const visited = new Set<string>();
  const visit = (fileName: string): void => {
    const file = data.files.get(fileName);
    if (file === undefined || visited.has(fileName)) return;
    visited.add(fileName);
    // The file asked for is sent even again: the client may have dropped it.
    if (fileName === name || !sent.has(fileName)) found.push(encodeBytes(1, file));
    sent.add(fileName);
    for (const field of decodeFields(file)) {
      if (field.number === fileDependency && typeof field.value !== "number") {
        visit(Buffer.from(field.value).toString("utf8"));
      }
    }
  };
  visit(name);
  return encodeBytes(answers.files, Buffer.concat(found));
}

function encodeServices(services: readonly string[]): Uint8Array {
  const names = [...services].sort();
  return encodeBytes(answers.services, Buffer.concat(names.map((name) => encodeBytes(1, encodeBytes(1, name)))));
}

function encodeError(code: number, message: string): Uint8Array {
  return encodeBytes(answers.error, Buffer.concat([encodeNumber(1, code), encodeBytes(2, message)]));
}
