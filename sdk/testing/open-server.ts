/** The servers of environments: ours in this process, or a program. */
import type { InProcessTarget } from "../connection/in-process-service.ts";
import type { DevServerConfig, TimeSkippingServerConfig } from "./server-config.ts";

export interface OpenServer {
  readonly address: string;
  /** Set when it runs in this process. */
  readonly local: InProcessTarget | undefined;
  close(): Promise<void>;
}

export async function openTimeSkippingServer(config: TimeSkippingServerConfig): Promise<OpenServer> {
  const { executable, port, extraArgs = [] } = config;
  if (executable?.type === "existing-path") {
    const { startProgram } = await import("./server-program.ts");
    return startProgram(executable.path, {
      port,
      args: (free) => [String(free), "--enable-time-skipping", ...extraArgs],
    });
  }
  const { startTestServer } = await import("../../server/index.ts");
  return inProcess(await startTestServer({ port }));
}

export async function openDevServer(config: DevServerConfig): Promise<OpenServer> {
  const { executable, port, ip, namespace = "default", dbFilename } = config;
  if (executable?.type === "existing-path") {
    const { startProgram } = await import("./server-program.ts");
    return startProgram(executable.path, { port, host: ip, args: (free) => devServerArguments(config, free) });
  }
  const { startServer } = await import("../../server/index.ts");
  const data =
    dbFilename === undefined ? ({ kind: "memory" } as const) : ({ kind: "sqlite", folder: dbFilename } as const);
  return inProcess(await startServer({ data, port, host: ip, namespaces: [namespace] }));
}

function inProcess(server: { address: string; close(): Promise<void> } & InProcessTarget): OpenServer {
  return { address: server.address, local: server, close: () => server.close() };
}

/** As `temporal server start-dev` takes them. */
function devServerArguments(config: DevServerConfig, port: number): string[] {
  const { ip = "127.0.0.1", namespace = "default", dbFilename, uiPort, log, extraArgs = [] } = config;
  const { ui = uiPort !== undefined } = config;
  return [
    ...["server", "start-dev", "--port", String(port), "--namespace", namespace, "--ip", ip],
    ...(log === undefined ? [] : ["--log-format", log.format, "--log-level", log.level]),
    ...(dbFilename === undefined ? [] : ["--db-filename", dbFilename]),
    ...(ui ? ["--ui-port", String(uiPort ?? port + 1000)] : ["--headless"]),
    ...extraArgs,
  ];
}
