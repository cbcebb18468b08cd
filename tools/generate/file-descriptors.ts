import protobuf from "protobufjs";
import { fieldType } from "../../api/json/field-type.ts";
import type { EnumModel, FieldModel, MessageModel, Model, ServiceModel } from "./model.ts";

export interface FileDescriptor {
  name: string;
  dependencies: string[];
  symbols: string[];
  bytes: Uint8Array;
}

interface FileParts {
  name: string;
  packageName: string;
  messages: MessageModel[];
  enums: EnumModel[];
  services: ServiceModel[];
}

/** Google's well-known types must lie in the files where every client has them. */
const wellKnownFiles: Record<string, string> = {
  Any: "any",
  Duration: "duration",
  Empty: "empty",
  FieldMask: "field_mask",
  Timestamp: "timestamp",
  Struct: "struct",
  Value: "struct",
  ListValue: "struct",
  NullValue: "struct",
};

const LABEL_OPTIONAL = 1;
const LABEL_REPEATED = 3;

/** One file per package, dependencies first. The original files are not known to reflection, and no client asks. */
export function fileDescriptors(root: protobuf.Root, model: Model): FileDescriptor[] {
  const codec = root.lookupType("google.protobuf.FileDescriptorProto");
  const files = new FileSet(root, model);
  return files.inOrder().map((file) => {
    const types = new Types(root, file);
    const fields = {
      name: file.name,
      package: file.packageName,
      dependency: files.dependencies(file),
      messageType: file.messages.filter((message) => types.isTop(message)).map((message) => types.message(message)),
      enumType: file.enums.filter((one) => types.isTop(one)).map((one) => types.enum(one)),
      service: file.services.map(serviceDescriptor),
      syntax: "proto3",
    };
    return {
      name: file.name,
      dependencies: fields.dependency,
      symbols: symbolsOf(file),
      bytes: codec.encode(codec.fromObject(fields)).finish(),
    };
  });
}

function symbolsOf(file: FileParts): string[] {
  return [
    ...file.services.flatMap(({ fullName, methods }) => [
      fullName,
      ...methods.map(({ name }) => `${fullName}.${name}`),
    ]),
    ...file.messages.map(({ fullName }) => fullName),
    ...file.enums.map(({ fullName }) => fullName),
  ];
}

/** Which file each type lies in. */
class FileSet {
  readonly #files = new Map<string, FileParts>();
  readonly #fileOf = new Map<object, FileParts>();

  constructor(root: protobuf.Root, model: Model) {
    const place = <T extends { fullName: string }>(type: T, list: "messages" | "enums" | "services"): void => {
      const file = this.#file(root, type.fullName);
      (file[list] as unknown as T[]).push(type);
      this.#fileOf.set(type, file);
    };
    model.messages.forEach((message) => place(message, "messages"));
    model.enums.forEach((one) => place(one, "enums"));
    model.services.forEach((service) => place(service, "services"));
  }

  #file(root: protobuf.Root, fullName: string): FileParts {
    const packageName = packageOf(root, fullName);
    const folder = packageName.replaceAll(".", "/");
    const top = fullName.slice(packageName.length + 1).split(".")[0]!;
    let name = `${folder}/message.proto`;
    if (packageName === "google.protobuf") name = `${folder}/${wellKnownFiles[top] ?? "wrappers"}.proto`;
    else if (packageName === "google.rpc") name = `${folder}/status.proto`;
    let file = this.#files.get(name);
    if (file === undefined) {
      file = { name, packageName, messages: [], enums: [], services: [] };
      this.#files.set(name, file);
    }
    return file;
  }

  dependencies(file: FileParts): string[] {
    const used = [
      ...file.messages.flatMap(({ fields }) =>
        fields.flatMap(({ kind }) => (kind.is === "scalar" ? [] : [kind.is === "enum" ? kind.enum : kind.message])),
      ),
      ...file.services.flatMap(({ methods }) => methods.flatMap(({ request, response }) => [request, response])),
    ];
    const names = new Set(used.map((type) => this.#fileOf.get(type)!.name));
    names.delete(file.name);
    return [...names].sort();
  }

  inOrder(): FileParts[] {
    const order: FileParts[] = [];
    const visit = (file: FileParts, path: FileParts[]): void => {
      if (path.includes(file)) {
        throw new Error(`files in a circle: ${[...path, file].map(({ name }) => name).join(" → ")}`);
      }
      if (order.includes(file)) return;
      for (const name of this.dependencies(file)) visit(this.#files.get(name)!, [...path, file]);
      order.push(file);
    };
    [...this.#files.values()].forEach((file) => visit(file, []));
    return order;
  }
}

function packageOf(root: protobuf.Root, fullName: string): string {
  let at: protobuf.ReflectionObject = root.lookup(fullName)!;
  while (at instanceof protobuf.Type || at instanceof protobuf.Enum || at instanceof protobuf.Service) at = at.parent!;
  return at.fullName.slice(1);
}

/** Descriptors of one file's types, as plain objects of `google/protobuf/descriptor.proto`. */
class Types {
  readonly #root: protobuf.Root;
  readonly #file: FileParts;

  constructor(root: protobuf.Root, file: FileParts) {
    this.#root = root;
    this.#file = file;
  }

  isTop({ fullName }: { fullName: string }): boolean {
    return parentOf(fullName) === this.#file.packageName;
  }

  message(message: MessageModel): object {
    const isNested = ({ fullName }: { fullName: string }): boolean => parentOf(fullName) === message.fullName;
    const maps = message.fields.filter(({ label }) => label === "map");
    return {
      name: lastOf(message.fullName),
      field: withOneofsTogether(message.fields).map((field) => this.#field(message, field)),
      nestedType: [
        ...this.#file.messages.filter(isNested).map((nested) => this.message(nested)),
        ...maps.map((field) => mapEntry(field)),
      ],
      enumType: this.#file.enums.filter(isNested).map((one) => this.enum(one)),
      oneofDecl: message.oneofs.map(({ name }) => ({ name })),
    };
  }

  enum({ fullName, values }: EnumModel): object {
    const aliases = new Set(values.map(({ number }) => number)).size < values.length;
    return { name: lastOf(fullName), value: values, options: aliases ? { allowAlias: true } : undefined };
  }

  #field(message: MessageModel, field: FieldModel): object {
    const reflected = this.#root.lookupType(message.fullName).fieldsById[field.id]!;
    const entry = { type: fieldType.message, typeName: `.${message.fullName}.${entryName(field)}` };
    return {
      name: field.protoName,
      number: field.id,
      label: field.label === "single" ? LABEL_OPTIONAL : LABEL_REPEATED,
      ...(field.label === "map" ? entry : typeOf(field)),
      jsonName: field.name,
      ...(field.oneof === undefined ? {} : { oneofIndex: message.oneofs.indexOf(field.oneof) }),
      options: reflected.options?.["deprecated"] === true ? { deprecated: true } : undefined,
    };
  }
}

/** A descriptor declares the fields of a oneof next to each other; clients refuse it otherwise. */
function withOneofsTogether(fields: readonly FieldModel[]): FieldModel[] {
  return fields.flatMap((field, index) => {
    if (field.oneof === undefined) return [field];
    const members = fields.filter(({ oneof }) => oneof === field.oneof);
    return fields.indexOf(members[0]!) === index ? members : [];
  });
}

function typeOf({ kind }: FieldModel): { type: number; typeName?: string } {
  if (kind.is === "scalar") return { type: fieldType[kind.scalar] };
  if (kind.is === "enum") return { type: fieldType.enum, typeName: `.${kind.enum.fullName}` };
  return { type: fieldType.message, typeName: `.${kind.message.fullName}` };
}

function mapEntry(field: FieldModel): object {
  const key = { name: "key", number: 1, label: LABEL_OPTIONAL, type: fieldType[field.key!], jsonName: "key" };
  const value = { name: "value", number: 2, label: LABEL_OPTIONAL, ...typeOf(field), jsonName: "value" };
  return { name: entryName(field), field: [key, value], options: { mapEntry: true } };
}

/** The name that protoc gives to the message of a map's entries. */
function entryName(field: FieldModel): string {
  const camel = field.protoName.replaceAll(/(?:^|_)(.)/g, (_, letter: string) => letter.toUpperCase());
  return `${camel}Entry`;
}

function serviceDescriptor({ name, methods }: ServiceModel): object {
  return {
    name,
    method: methods.map((method) => ({
      name: method.name,
      inputType: `.${method.request.fullName}`,
      outputType: `.${method.response.fullName}`,
    })),
  };
}

function parentOf(fullName: string): string {
  return fullName.slice(0, fullName.lastIndexOf("."));
}

function lastOf(fullName: string): string {
  return fullName.slice(fullName.lastIndexOf(".") + 1);
}
