import { existsSync } from "node:fs";
import { homedir, platform } from "node:os";
import { join } from "node:path";
import { environment } from "../../../base/index.ts";
import {
  type ClientConfig,
  type ClientConfigProfile,
  type ClientConfigTLS,
  type ClientConnectConfig,
  type ConfigDataSource,
  loadClientConfigFromToml,
  loadConfigData,
  normalizeGrpcMetaKey,
  sourceOf,
  toClientOptions,
} from "./client-config.ts";

/** Where profiles are read from. */
export interface LoadClientConfigOptions {
  /** Instead of the file at its usual place. */
  configSource?: ConfigDataSource;
  /** Refuses keys that are not known. */
  configFileStrict?: boolean;
  /** Instead of the process's environment. */
  overrideEnvVars?: Record<string, string>;
}

/** Where a profile is read from, and which. */
export interface LoadClientProfileOptions extends LoadClientConfigOptions {
  /** Default: `TEMPORAL_PROFILE`, then `default`. */
  profile?: string;
  /** Reads no file, unless `configSource` names one. */
  disableFile?: boolean;
  /** Reads no variables. */
  disableEnv?: boolean;
}

type Variables = Readonly<Record<string, string | undefined>>;

const DEFAULT_PROFILE = "default";
const META_PREFIX = "TEMPORAL_GRPC_META_";

/**
 * All profiles of the profile file: `configSource`, or the file that `TEMPORAL_CONFIG_FILE` names, or
 * `temporalio/temporal.toml` where the system keeps a user's configuration. A file that is not there has no profiles.
 */
export function loadClientConfig(options: LoadClientConfigOptions = {}): ClientConfig {
  const source = options.configSource ?? fileOf(options.overrideEnvVars ?? environment());
  const data = source === undefined ? undefined : loadConfigData(source);
  if (data === undefined) return { profiles: {} };
  return loadClientConfigFromToml(data, { strict: options.configFileStrict ?? false });
}

/**
 * One profile, with the `TEMPORAL_*` variables over it.
 *
 * @throws an error when a profile is asked for that the file does not have.
 */
export function loadClientConfigProfile(options: LoadClientProfileOptions = {}): ClientConfigProfile {
  const { disableFile = false, disableEnv = false, configSource } = options;
  if (disableFile && disableEnv && configSource === undefined) {
    throw new Error("Cannot disable both file and environment loading");
  }
  const variables: Variables = disableEnv ? {} : (options.overrideEnvVars ?? environment());
  const asked = options.profile ?? variables["TEMPORAL_PROFILE"];
  const name = asked || DEFAULT_PROFILE;
  const config = disableFile && configSource === undefined ? { profiles: {} } : loadClientConfig(options);
  const profile = Object.hasOwn(config.profiles, name) ? config.profiles[name] : undefined;
  if (profile === undefined && asked) throw new Error(`Profile '${name}' not found in config data`);
  return withVariables(profile ?? {}, variables);
}

/** Connection options and namespace of a profile: for `Connection.connect` and `new Client`. */
export function loadClientConnectConfig(options: LoadClientProfileOptions = {}): ClientConnectConfig {
  return toClientOptions(loadClientConfigProfile(options));
}

function withVariables(profile: ClientConfigProfile, variables: Variables): ClientConfigProfile {
  const merged: ClientConfigProfile = { ...profile };
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace, TEMPORAL_API_KEY: apiKey } = variables;
  if (address) merged.address = address;
  if (namespace) merged.namespace = namespace;
  if (apiKey) merged.apiKey = apiKey;
  const tls = tlsWithVariables(profile.tls, variables);
  if (tls !== undefined) merged.tls = tls;
  const meta = Object.entries(variables).filter(([key, value]) => key.startsWith(META_PREFIX) && value);
  if (meta.length > 0) {
    const added = meta.map(([key, value]) => [normalizeGrpcMetaKey(key.slice(META_PREFIX.length)), value as string]);
    merged.grpcMeta = { ...profile.grpcMeta, ...(Object.fromEntries(added) as Record<string, string>) };
  }
  return merged;
}

function tlsWithVariables(tls: ClientConfigTLS | undefined, variables: Variables): ClientConfigTLS | undefined {
  const changes: ClientConfigTLS = {};
  const enabled = variables["TEMPORAL_TLS"];
  // "TRUE" means it too: what was meant to be encrypted must not go out in plain text.
  if (enabled) changes.disabled = !(enabled === "1" || enabled.toLowerCase() === "true");
  const serverName = variables["TEMPORAL_TLS_SERVER_NAME"];
  if (serverName) changes.serverName = serverName;
  for (const [name, field] of [
    ["client_cert", "clientCert"],
    ["client_key", "clientKey"],
    ["server_ca_cert", "serverCACert"],
  ] as const) {
    const upper = `TEMPORAL_TLS_${name.toUpperCase()}`;
    const given = { path: variables[`${upper}_PATH`] || undefined, data: variables[`${upper}_DATA`] || undefined };
    const kept = tls?.[field];
    // The file may give the one and a variable the other: which is meant is not known.
    if (
      kept !== undefined &&
      (given.path ?? given.data) !== undefined &&
      "path" in kept !== (given.path !== undefined)
    ) {
      throw new Error(`Cannot specify both ${name}_path and ${name}_data`);
    }
    const source = sourceOf({ name, ...given });
    if (source !== undefined) changes[field] = source;
  }
  return Object.keys(changes).length === 0 ? tls : { ...tls, ...changes };
}

/** The file of profiles, if there is one. */
function fileOf(variables: Variables): ConfigDataSource | undefined {
  const path = variables["TEMPORAL_CONFIG_FILE"] || join(configFolder(variables), "temporalio", "temporal.toml");
  return existsSync(path) ? { path } : undefined;
}

function configFolder(variables: Variables): string {
  switch (platform()) {
    case "darwin":
      return join(homedir(), "Library", "Application Support");
    case "win32":
      return variables["APPDATA"] ?? join(homedir(), "AppData", "Roaming");
    default:
      return variables["XDG_CONFIG_HOME"] || join(homedir(), ".config");
  }
}
