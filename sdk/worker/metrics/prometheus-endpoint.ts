import { createServer } from "node:http";
import type { Server } from "node:http";

/** Where Prometheus fetches the metrics of this process: `GET /metrics`. */
export class PrometheusEndpoint {
  readonly #server: Server;

  /** Throws TypeError for an address that is not `host:port`. `onError` hears of an address that cannot be bound. */
  constructor(options: { bindAddress: string; text: () => string; onError: (error: Error) => void }) {
    const { host, port } = parse(options.bindAddress);
    this.#server = createServer((request, response) => {
      if (request.url?.split("?")[0] !== "/metrics") {
        response.writeHead(404).end();
        return;
      }
      response.writeHead(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }).end(options.text());
    });
    this.#server.on("error", options.onError);
    this.#server.listen(port, host);
    // Metrics alone keep no process alive.
    this.#server.unref();
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

function parse(bindAddress: string): { host: string; port: number } {
  const match = /^\[?(?<host>[^\]]+)\]?:(?<port>\d+)$/.exec(bindAddress);
  if (match?.groups === undefined)
    throw new TypeError(`prometheus.bindAddress must look like 0.0.0.0:9464, not ${bindAddress}`);
  return { host: match.groups["host"] as string, port: Number(match.groups["port"]) };
}
