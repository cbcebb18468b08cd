/** A recorded server's process: a `temporal-peer` binary, started with one group of settings, stopped by SIGINT. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { Caller } from "./caller.ts";
import { otherNamespace, settings } from "./settings.ts";
import type { SettingsName } from "./settings.ts";

/**
 * One partition per task queue gives tasks out in the order in which they were scheduled; several do not.
 * Visibility is asked repeatedly until it has caught up, which the default rate of 10 calls a second forbids; that of
 * changes of a queue's settings is low as well.
 */
const forRecording = {
  "matching.numTaskqueueReadPartitions": 1,
  "matching.numTaskqueueWritePartitions": 1,
  "frontend.namespaceRPS.visibility": 10_000,
  "frontend.globalNamespaceRPS.visibility": 10_000,
  "frontend.rps.namespaceReplicationInducingAPIs": 10_000,
  "frontend.namespaceRPS.namespaceReplicationInducingAPIs": 10_000,
  "frontend.globalNamespaceRPS.namespaceReplicationInducingAPIs": 10_000,
};

export interface Peer extends AsyncDisposable {
  address: string;
  version: string;
}

export async function startPeer(options: { binary: string; port: number; settings: SettingsName }): Promise<Peer> {
  const dynamic = Object.entries({ ...forRecording, ...settings[options.settings].dynamicConfig }).flatMap(
    ([key, value]) => ["-set", `${key}=${JSON.stringify(value)}`],
  );
  const child = spawn(
    options.binary,
    ["-port", String(options.port), "-namespaces", `default,${otherNamespace}`, ...dynamic],
    {
      env: { ...process.env, TEMPORAL_VERSION_CHECK_DISABLED: "1" },
      stdio: ["ignore", "ignore", "ignore"],
    },
  );
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGINT");
    const exited = once(child, "exit");
    const gaveUp = new AbortController();
    await Promise.race([exited, wait(5000, undefined, { signal: gaveUp.signal }).catch(() => {})]);
    gaveUp.abort();
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  };
  const address = `127.0.0.1:${options.port}`;
  try {
    return { address, version: await versionOnceReady(address), [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function versionOnceReady(address: string): Promise<string> {
  const caller = new Caller(address);
  try {
    for (let attempt = 0; attempt < 300; attempt++) {
      const { exchange, done } = caller.begin("DescribeNamespace", { namespace: "default" }, { deadlineMs: 1000 });
      await done;
      if (exchange.outcome !== undefined && "reply" in exchange.outcome) {
        const info = caller.begin("GetSystemInfo", {});
        await info.done;
        if (info.exchange.outcome !== undefined && "reply" in info.exchange.outcome) {
          return String((info.exchange.outcome.reply as unknown as { serverVersion: string }).serverVersion);
        }
      }
      await wait(100);
    }
    throw new Error(`no server answers on ${address} after 30 s`);
  } finally {
    caller.close();
  }
}
