/** `perdure test-server PORT`: a server for tests, whose clock clients may tell to skip idle time. */
import { EXIT, parseFlags, portOf, UsageError } from "../../server/command/index.ts";
import type { ProgramHost } from "../../server/command/index.ts";
import { serveUntilStopped } from "../../server/command/serve.ts";
import { startTestServer } from "../../server/index.ts";
import { refusingUsage } from "../refusing-usage.ts";

const USAGE = `Usage: perdure test-server PORT [options]

A server in memory for tests. Clients skip time through Temporal's TestService; without it time is the machine's.

  --enable-time-skipping   accepted: the test kits of some SDKs pass it; a client's unlock is what starts skipping
  --help                   this text

Port 0 takes a free one.`;

const FLAGS = {
  "enable-time-skipping": { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

export function testServer(args: readonly string[], host: ProgramHost): Promise<number> {
  return refusingUsage(host, async () => {
    const { values, positionals } = parseFlags(args, { flags: FLAGS, positionalsMax: 1 });
    if (values.help === true) {
      host.out(USAGE);
      return EXIT.ok;
    }
    const [port, ...more] = positionals;
    if (port === undefined) throw new UsageError("test-server wants a port, got nothing: perdure test-server 7233");
    if (more.length > 0) throw new UsageError(`test-server wants one port, got ${positionals.join(" ")}`);
    return serveUntilStopped(
      {
        port: portOf(port, "test-server"),
        ip: "127.0.0.1",
        data: { kind: "memory" },
        namespaces: ["default"],
        logLevel: "warn",
        logFormat: "text",
      },
      host,
      ({ port, host, namespaces, log }) => startTestServer({ port, host, namespaces, log }),
    );
  });
}
