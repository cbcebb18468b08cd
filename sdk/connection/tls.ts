import type { ConnectionOptions as TlsOptions } from "node:tls";

/** How a connection is encrypted. */
export interface TLSConfig {
  /** The name that the server's certificate is checked against, instead of the address's. */
  serverNameOverride?: string;
  /** Root certificates (PEM) instead of the system's. */
  serverRootCACertificate?: Uint8Array;
  /** The client's certificate and key (PEM), for mTLS. */
  clientCertPair?: { crt: Uint8Array; key: Uint8Array };
}

/** `true` and `{}` encrypt without customization; `false` and `null` do not encrypt. */
export type TLSConfigOption = TLSConfig | boolean | undefined | null;

/** Options of `node:tls`; undefined does not encrypt. With an API key, encryption is the default. */
export function tlsOptionsOf(tls: TLSConfigOption, hasApiKey: boolean): TlsOptions | undefined {
  const config = tls ?? (tls === undefined && hasApiKey);
  if (config === false) return undefined;
  if (config === true) return {};
  const { serverNameOverride, serverRootCACertificate, clientCertPair } = config;
  const options: TlsOptions = {};
  if (serverNameOverride !== undefined) options.servername = serverNameOverride;
  if (serverRootCACertificate !== undefined) options.ca = Buffer.from(serverRootCACertificate);
  if (clientCertPair !== undefined) {
    options.cert = Buffer.from(clientCertPair.crt);
    options.key = Buffer.from(clientCertPair.key);
  }
  return options;
}
