import type { ClientConfig, ConfigDataSource } from "./client-config.ts";

/** A profile file of these profiles. */
export function clientConfigToToml(config: ClientConfig): Uint8Array {
  const tables = Object.entries(config.profiles).flatMap(([name, profile]) => {
    const path = `profile.${keyOf(name)}`;
    const { address, namespace, apiKey, tls, grpcMeta } = profile;
    return [
      table(path, { address, namespace, api_key: apiKey }),
      ...(tls === undefined
        ? []
        : [
            table(`${path}.tls`, {
              disabled: tls.disabled,
              server_name: tls.serverName,
              ...sourceFields("client_cert", tls.clientCert),
              ...sourceFields("client_key", tls.clientKey),
              ...sourceFields("server_ca_cert", tls.serverCACert),
            }),
          ]),
      ...(grpcMeta === undefined ? [] : [table(`${path}.grpc_meta`, grpcMeta)]),
    ];
  });
  return new TextEncoder().encode(tables.join("\n"));
}

function table(path: string, fields: Record<string, string | boolean | undefined>): string {
  const lines = Object.entries(fields).flatMap(([key, value]) =>
    value === undefined ? [] : [`${keyOf(key)} = ${typeof value === "string" ? quoted(value) : value}\n`],
  );
  return `[${path}]\n${lines.join("")}`;
}

function sourceFields(name: string, source: ConfigDataSource | undefined): Record<string, string> {
  if (source === undefined) return {};
  if ("path" in source) return { [`${name}_path`]: source.path };
  const { data } = source;
  return { [`${name}_data`]: typeof data === "string" ? data : new TextDecoder().decode(data) };
}

function keyOf(key: string): string {
  return /^[\w-]+$/.test(key) ? key : quoted(key);
}

/** JSON's escapes are TOML's. */
function quoted(value: string): string {
  return JSON.stringify(value).replaceAll("\u007f", "\\u007f");
}
