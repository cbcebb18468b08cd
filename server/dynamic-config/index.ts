export { watchConfig } from "./config-file.ts";
export type { ConfigSources, ConfigWatch } from "./config-file.ts";
export { ConfigError, readFlags } from "./config-values.ts";
export type { ReadConfig } from "./config-values.ts";
export { DynamicConfig } from "./dynamic-config.ts";
export type { Constraints } from "./dynamic-config.ts";
export type { Setting } from "./setting.ts";
export { frontendSettings, limitSettings, namespaceSettings } from "./settings.ts";
