export { loadClientConfigFromToml, loadConfigData, toClientOptions } from "./client-config.ts";
export type {
  ClientConfig,
  ClientConfigFromTomlOptions,
  ClientConfigProfile,
  ClientConfigTLS,
  ClientConnectConfig,
  ConfigDataSource,
} from "./client-config.ts";
export { clientConfigToToml } from "./client-config-toml.ts";
export { loadClientConfig, loadClientConfigProfile, loadClientConnectConfig } from "./load-profile.ts";
export type { LoadClientConfigOptions, LoadClientProfileOptions } from "./load-profile.ts";
