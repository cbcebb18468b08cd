export { watchConfig } from "./config-file.ts";
export type { ConfigSources, ConfigWatch } from "./config-file.ts";
export { ConfigError, parseFlags } from "./config-values.ts";
export type { PlainValues } from "./config-values.ts";
export { DynamicConfig } from "./dynamic-config.ts";
export type { Constraints } from "./dynamic-config.ts";
export type { AllowedAddress } from "./setting.ts";
export { frontendSettings, limitSettings, namespaceSettings } from "./settings.ts";
