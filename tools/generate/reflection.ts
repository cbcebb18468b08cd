import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import protobuf from "protobufjs";
import {
  markRecursive,
  type EnumModel,
  type FieldModel,
  type Kind,
  type MessageModel,
  type Model,
  type OneofModel,
  type Scalar,
  type ServiceModel,
} from "./model.ts";
import { chooseNames } from "./names.ts";
import { opaque, plain } from "./opaque.ts";

/** Every definition: those of `@temporalio/proto` and those of `protoFiles`. */
export function loadRoot(protoFiles: readonly string[]): protobuf.Root {
  const shipped = createRequire(import.meta.url)("@temporalio/proto/protos/json-module.js") as protobuf.Root;
  const root = protobuf.Root.fromJSON(shipped.toJSON());
  for (const file of protoFiles) {
    const parsed = protobuf.parse(readFileSync(file, "utf8"), root, { keepCase: false });
    if (parsed.package === undefined) throw new Error(`${file} names no package`);
  }
  root.resolveAll();
  return root;
}

/**
 * Takes from `root` what is reachable from `roots`. `fixedNames` are names given before (by full name): types that are
 * not among them are ours and keep their own.
 */
export function readModel(
  root: protobuf.Root,
  roots: readonly string[],
  fixedNames: ReadonlyMap<string, string> = new Map(),
): Model {
  const types = new Set<protobuf.Type>();
  const enums = new Set<protobuf.Enum>();
  const services: protobuf.Service[] = [];
  const reach = (object: protobuf.ReflectionObject | null): void => {
    if (object instanceof protobuf.Enum) enums.add(object);
    else if (object instanceof protobuf.Type) reachType(object);
    else if (object instanceof protobuf.Service) {
      services.push(object);
      for (const method of object.methodsArray) {
        method.resolve();
        reach(method.resolvedRequestType);
        reach(method.resolvedResponseType);
      }
    } else if (object instanceof protobuf.Namespace) object.nestedArray.forEach(reach);
  };
  const reachType = (type: protobuf.Type): void => {
    if (types.has(type)) return;
    types.add(type);
    for (const field of type.fieldsArray) reach(field.resolve().resolvedType);
    for (const nested of type.nestedArray) reach(nested);
  };
  for (const name of roots) {
    const found = root.lookup(name);
    if (found === null) throw new Error(`${name} is not defined`);
    reach(found);
  }
  return new Converter([...types], [...enums], fixedNames).model(services);
}

/** Turns reflection into the model, keeping identity: one record per type. */
class Converter {
  readonly #messages = new Map<protobuf.Type, MessageModel>();
  readonly #enums = new Map<protobuf.Enum, EnumModel>();

  constructor(types: protobuf.Type[], enums: protobuf.Enum[], fixedNames: ReadonlyMap<string, string>) {
    const named = [...types, ...enums]
      .map((type) => ({ type, ...placeOf(type) }))
      .sort((a, b) => compare(fullNameOf(a.type), fullNameOf(b.type)));
    const names = fixedNames.size === 0 ? chooseNames(named) : undefined;
    for (const entry of named) {
      const fullName = fullNameOf(entry.type);
      const name = names?.get(entry) ?? fixedNames.get(fullName) ?? entry.path.join("_");
      if (entry.type instanceof protobuf.Enum) {
        const values = Object.entries(entry.type.values).map(([value, number]) => ({ name: value, number }));
        this.#enums.set(entry.type, { fullName, name, values });
      } else {
        const keepsUnknown = !plain.has(fullName);
        this.#messages.set(entry.type, { fullName, name, fields: [], oneofs: [], recursive: false, keepsUnknown });
      }
    }
  }

  model(services: protobuf.Service[]): Model {
    for (const [type, message] of this.#messages) this.#fill(type, message);
    const messages = [...this.#messages.values()];
    markRecursive(messages);
    return { messages, enums: [...this.#enums.values()], services: services.map((service) => this.#service(service)) };
  }

  #service(service: protobuf.Service): ServiceModel {
    const methods = service.methodsArray.map((method) => ({
      name: method.name,
      request: this.#messages.get(method.resolvedRequestType!)!,
      response: this.#messages.get(method.resolvedResponseType!)!,
    }));
    return { fullName: fullNameOf(service), name: service.name, methods };
  }

  #fill(type: protobuf.Type, message: MessageModel): void {
    const oneofs = new Map<string, OneofModel>();
    for (const field of [...type.fieldsArray].sort((a, b) => a.id - b.id)) {
      let oneof: OneofModel | undefined;
      if (field.partOf !== null) {
        oneof = oneofs.get(field.partOf.name) ?? { name: field.partOf.name, fields: [] };
        oneofs.set(field.partOf.name, oneof);
      }
      const model = this.#field(field, oneof);
      message.fields.push(model);
      oneof?.fields.push(model);
    }
    message.oneofs = [...oneofs.values()];
  }

  #field(field: protobuf.FieldBase, oneof: OneofModel | undefined): FieldModel {
    if ((field as protobuf.Field).required || (field as protobuf.Field).delimited) {
      throw new Error(`${field.fullName}: required fields and groups are not supported`);
    }
    const kind = this.#kind(field);
    return {
      id: field.id,
      name: camelCase(field.name),
      protoName: field.protoName ?? field.name,
      kind,
      label: field.map ? "map" : field.repeated ? "repeated" : "single",
      key: field.map ? ((field as unknown as protobuf.MapField).keyType as Scalar) : undefined,
      packed: field.repeated && (field as protobuf.Field).packed && canPack(kind),
      oneof,
    };
  }

  #kind(field: protobuf.FieldBase): Kind {
    const resolved = field.resolvedType;
    if (resolved instanceof protobuf.Enum) return { is: "enum", enum: this.#enums.get(resolved)! };
    if (resolved instanceof protobuf.Type) {
      const message = this.#messages.get(resolved)!;
      return { is: opaque.has(message.fullName) ? "opaque" : "message", message };
    }
    return { is: "scalar", scalar: field.type as Scalar };
  }
}

/** protobufjs brings `google.protobuf.Any` itself, with `type_url`. */
function camelCase(name: string): string {
  return name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

function canPack(kind: Kind): boolean {
  return kind.is === "enum" || (kind.is === "scalar" && kind.scalar !== "string" && kind.scalar !== "bytes");
}

function placeOf(type: protobuf.ReflectionObject): { packageName: string; path: string[] } {
  const path: string[] = [];
  let at: protobuf.ReflectionObject = type;
  for (; at instanceof protobuf.Type || at instanceof protobuf.Enum; at = at.parent!) path.unshift(at.name);
  return { packageName: fullNameOf(at), path };
}

export function fullNameOf(object: protobuf.ReflectionObject): string {
  return object.fullName.slice(1);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
