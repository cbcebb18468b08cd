/** What a profile file says, and the connection options that follow from it. */
import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "../connection-options.ts";
import { parseToml, type TomlTable, type TomlValue } from "./toml.ts";

/** A file, or what would be in it. */
export type ConfigDataSource = { path: string } | { data: string | Uint8Array };

/** The part of a profile about TLS. */
export interface ClientConfigTLS {
  disabled?: boolean;
  serverName?: string;
  clientCert?: ConfigDataSource;
  clientKey?: ConfigDataSource;
  serverCACert?: ConfigDataSource;
}

/** A profile: how to reach one server. */
export interface ClientConfigProfile {
  address?: string;
  namespace?: string;
  apiKey?: string;
  tls?: ClientConfigTLS;
  /** Headers of every call. */
  grpcMeta?: Record<string, string>;
}

/** All profiles of a file by name. */
export interface ClientConfig {
  profiles: Record<string, ClientConfigProfile>;
}

/** What connections and clients are made of. */
export interface ClientConnectConfig {
  connectionOptions: ConnectionOptions;
  namespace?: string;
}

/** Options of `ClientConfig.fromToml`. */
export interface ClientConfigFromTomlOptions {
  /** Refuses keys that are not known. */
  strict: boolean;
}

const PROFILE_KEYS = ["address", "namespace", "api_key", "tls", "codec", "grpc_meta"];
const TLS_KEYS = [
  "disabled",
  "client_cert_path",
  "client_cert_data",
  "client_key_path",
  "client_key_data",
  "server_ca_cert_path",
  "server_ca_cert_data",
  "server_name",
  "disable_host_verification",
];

/**
 * The profiles of a document.
 *
 * @throws TomlError, or an error that names the key, when the document is wrong.
 */
export function loadClientConfigFromToml(
  tomlData: Uint8Array | string,
  options: ClientConfigFromTomlOptions,
): ClientConfig {
  const text = typeof tomlData === "string" ? tomlData : new TextDecoder().decode(tomlData);
  const document = parseToml(text);
  if (options.strict) checkKeys(document, ["profile"], "the document");
  const profiles: Record<string, ClientConfigProfile> = {};
  for (const [name, profile] of Object.entries(tableOf(document["profile"], "profile") ?? {})) {
    const path = `profile.${name}`;
    profiles[name] = profileOf(tableOf(profile, path) ?? {}, path, options.strict);
  }
  return { profiles };
}

function profileOf(table: TomlTable, path: string, isStrict: boolean): ClientConfigProfile {
  if (isStrict) checkKeys(table, PROFILE_KEYS, path);
  const tls = tableOf(table["tls"], `${path}.tls`);
  const meta = tableOf(table["grpc_meta"], `${path}.grpc_meta`);
  const profile: ClientConfigProfile = {
    ...text(table, "address", "address", path),
    ...text(table, "namespace", "namespace", path),
    ...text(table, "api_key", "apiKey", path),
  };
  if (tls !== undefined) profile.tls = tlsOf(tls, `${path}.tls`, isStrict);
  if (meta !== undefined) {
    profile.grpcMeta = Object.fromEntries(
      Object.entries(meta).map(([key, value]) => [
        normalizeGrpcMetaKey(key),
        stringOf(value, `${path}.grpc_meta.${key}`),
      ]),
    );
  }
  return profile;
}

function tlsOf(table: TomlTable, path: string, isStrict: boolean): ClientConfigTLS {
  if (isStrict) checkKeys(table, TLS_KEYS, path);
  const tls: ClientConfigTLS = { ...text(table, "server_name", "serverName", path) };
  const { disabled } = table;
  if (disabled !== undefined) {
    if (typeof disabled !== "boolean") throw new TypeError(`${path}.disabled must be true or false`);
    tls.disabled = disabled;
  }
  for (const [key, field] of [
    ["client_cert", "clientCert"],
    ["client_key", "clientKey"],
    ["server_ca_cert", "serverCACert"],
  ] as const) {
    const source = sourceOf({
      name: key,
      path: text(table, `${key}_path`, "path", path).path,
      data: text(table, `${key}_data`, "data", path).data,
    });
    if (source !== undefined) tls[field] = source;
  }
  return tls;
}

/** One of a path and data. */
export function sourceOf(given: {
  name: string;
  path?: string | undefined;
  data?: string | undefined;
}): ConfigDataSource | undefined {
  const { name, path, data } = given;
  if (path !== undefined && data !== undefined) throw new Error(`Cannot specify both ${name}_path and ${name}_data`);
  if (path !== undefined) return { path };
  return data === undefined ? undefined : { data: new TextEncoder().encode(data) };
}

/** Header names have dashes and no capitals. */
export function normalizeGrpcMetaKey(key: string): string {
  return key.toLowerCase().replaceAll("_", "-");
}

/** Connection options of a profile; reads the files of certificates. */
export function toClientOptions(profile: ClientConfigProfile): ClientConnectConfig {
  const { address, namespace, apiKey, tls, grpcMeta } = profile;
  return {
    ...(namespace === undefined ? {} : { namespace }),
    connectionOptions: {
      ...(address === undefined ? {} : { address }),
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(tls === undefined ? (apiKey === undefined ? {} : { tls: true }) : { tls: toTLSConfig(tls) }),
      ...(grpcMeta === undefined ? {} : { metadata: grpcMeta }),
    },
  };
}

function toTLSConfig(tls: ClientConfigTLS): ConnectionOptions["tls"] {
  if (tls.disabled === true) return false;
  const crt = loadConfigData(tls.clientCert);
  const key = loadConfigData(tls.clientKey);
  const serverRootCACertificate = loadConfigData(tls.serverCACert);
  return {
    ...(tls.serverName === undefined ? {} : { serverNameOverride: tls.serverName }),
    ...(serverRootCACertificate === undefined ? {} : { serverRootCACertificate }),
    ...(crt === undefined || key === undefined ? {} : { clientCertPair: { crt, key } }),
  };
}

/** The bytes of a source. */
export function loadConfigData(source?: ConfigDataSource): Uint8Array | undefined {
  if (source === undefined) return undefined;
  if ("path" in source) return readFileSync(source.path);
  return typeof source.data === "string" ? new TextEncoder().encode(source.data) : source.data;
}

function text<K extends string>(table: TomlTable, key: string, name: K, path: string): { [P in K]?: string } {
  const value = table[key];
  return (value === undefined ? {} : { [name]: stringOf(value, `${path}.${key}`) }) as { [P in K]?: string };
}

function stringOf(value: TomlValue, path: string): string {
  if (typeof value !== "string") throw new TypeError(`${path} must be a string in quotes`);
  return value;
}

function tableOf(value: TomlValue | undefined, path: string): TomlTable | undefined {
  if (value === undefined || typeof value === "object") return value;
  throw new TypeError(`${path} must be a table`);
}

function checkKeys(table: TomlTable, known: readonly string[], path: string): void {
  const unknown = Object.keys(table).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new Error(`Unknown key(s) in ${path}: ${unknown.join(", ")}`);
}
