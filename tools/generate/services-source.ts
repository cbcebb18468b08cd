import type { MethodModel, ServiceModel } from "./model.ts";
import { banner } from "./source.ts";

/** `services.js`: an array of methods for each service. */
export function servicesSource(services: readonly ServiceModel[]): string {
  const arrays = services.map((service) => {
    const rows = service.methods.map(
      (method) =>
        `  { service: "${service.fullName}", name: "${method.name}", path: "/${service.fullName}/${method.name}", ` +
        `key: "${keyOf(method)}", request: ${method.request.name}, response: ${method.response.name} },\n`,
    );
    return `\nexport const ${constantOf(service)} = [\n${rows.join("")}];\n`;
  });
  return `${banner()}import { ${messageNames(services).join(", ")} } from "./messages.js";\n${arrays.join("")}`;
}

/** `services.d.ts`: the arrays, and what a server implements. */
export function servicesDeclaration(services: readonly ServiceModel[]): string {
  const texts = services.map((service) => {
    const handlers = service.methods.map(
      (method) =>
        `  ${keyOf(method)}(request: ${method.request.name}, call: Call): Promise<Input<${method.response.name}>>;\n`,
    );
    return (
      `\nexport declare const ${constantOf(service)}: readonly Method<keyof ${service.name}Handlers>[];\n` +
      `\n/** \`${service.fullName}\` */\nexport interface ${service.name}Handlers {\n${handlers.join("")}}\n`
    );
  });
  return [
    banner(),
    'import type { Call } from "../call.ts";\n',
    'import type { Codec, Input } from "../codec.ts";\n',
    `import type { ${messageNames(services).join(", ")} } from "./messages.js";\n`,
    "\n/** One method of a service. */\n",
    "export interface Method<Key extends string = string> {\n",
    "  /** Full name of the service. */\n  readonly service: string;\n",
    "  /** Such as `StartWorkflowExecution`. */\n  readonly name: string;\n",
    "  /** The path of its HTTP/2 request. */\n  readonly path: string;\n",
    "  /** Its handler's name. */\n  readonly key: Key;\n",
    "  // oxlint-disable-next-line no-explicit-any -- Which messages follows from the key.\n",
    "  readonly request: Codec<any>;\n  readonly response: Codec<any>;\n}\n",
    ...texts,
  ].join("");
}

function messageNames(services: readonly ServiceModel[]): string[] {
  const methods = services.flatMap((service) => service.methods);
  return [...new Set(methods.flatMap((method) => [method.request.name, method.response.name]))].sort();
}

function keyOf(method: MethodModel): string {
  return method.name[0]!.toLowerCase() + method.name.slice(1);
}

function constantOf(service: ServiceModel): string {
  return service.name[0]!.toLowerCase() + service.name.slice(1);
}
