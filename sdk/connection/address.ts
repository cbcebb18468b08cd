/** The port of the service everywhere. */
export const DEFAULT_PORT = 7233;
/** Where a server of development listens. */
export const LOCAL_TARGET = `localhost:${DEFAULT_PORT}`;

/**
 * Host and port of `host`, `host:port` or `[ipv6]:port`.
 *
 * @throws TypeError that says which form is expected.
 */
export function parseAddress(address: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-f:.%]+)\]|([^\s:/[\]]+))(?::(\d{1,5}))?$/i.exec(address);
  const port = match?.[3] === undefined ? DEFAULT_PORT : Number(match[3]);
  if (match === null || port > 65_535) {
    throw new TypeError(`Invalid address '${address}': expected 'host:port' or '[ipv6]:port', without a scheme`);
  }
  return { host: (match[1] ?? match[2]) as string, port };
}
