/** A server that is killed at random moments and started again on its data. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededRandom } from "../../../base/index.ts";
import { Connection } from "../../../sdk/connection/index.ts";
import { ServerProcess } from "../../faults/harness/server-process.ts";
import type { Target } from "./target.ts";
import { addSearchAttributes } from "./targets.ts";

/** Between two kills: long enough for work to be done, short enough for some of it to be cut off. */
const UP_MS = { least: 1_500, most: 5_000 };

export function killed(options: { readonly port: number; readonly seed: number }): Target {
  const { port, seed } = options;
  return {
    name: "gRPC on SQLite, killed at random moments",
    async open() {
      const random = seededRandom(seed);
      const folder = mkdtempSync(join(tmpdir(), "perdure-suite-killed-"));
      const start = (): Promise<ServerProcess> =>
        ServerProcess.start({ args: ["--port", String(port), "--data", folder] });
      let server = await start();
      const address = `127.0.0.1:${port}`;
      const connect = (given = {}): Promise<Connection> => Connection.connect({ address, ...given });
      const connection = await connect();
      await addSearchAttributes(connection);
      await connection.close();
      const stop = Promise.withResolvers<void>();
      let isStopped = false;
      let kills = 0;
      const kill = async (): Promise<void> => {
        for (;;) {
          const upMs = UP_MS.least + random.next() * (UP_MS.most - UP_MS.least);
          await Promise.race([new Promise((resolve) => setTimeout(resolve, upMs)), stop.promise]);
          if (isStopped) return;
          await server.kill();
          kills++;
          server = await start();
        }
      };
      const killing = kill();
      return {
        namespace: "default",
        connect,
        async close() {
          isStopped = true;
          stop.resolve();
          await killing;
          await server.kill();
          rmSync(folder, { recursive: true, force: true });
          console.log(`the server was killed ${kills} times, seed ${seed}`);
        },
      };
    },
  };
}
