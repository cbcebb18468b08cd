export { namespaceOf, oneOf, parseFlags, portOf, UsageError } from "./flags.ts";
export { configValuesOf, PORT_DEFAULT } from "./options.ts";
export type { ServeOptions } from "./options.ts";
export { EXIT } from "./program-host.ts";
export type { ProgramHost } from "./program-host.ts";
export { version } from "./version.ts";
