/** The histories that a command line names, one after another. */
import { readFile } from "node:fs/promises";
import { Client, Connection } from "../../sdk/client/index.ts";
import { loadClientConnectConfig } from "../../sdk/connection/profile/index.ts";
import { UnavailableError } from "./unavailable-error.ts";
import type { LiveSource, ReplayOptions } from "./options.ts";

export interface NamedHistory {
  /** The file, or where the workflow is. */
  readonly source: string;
  /** undefined when only the history may know it. */
  readonly workflowId: string | undefined;
  readonly history: unknown;
}

/** Throws UnavailableError for what cannot be had. */
export async function* historiesOf(histories: ReplayOptions["histories"]): AsyncGenerator<NamedHistory> {
  if ("query" in histories) {
    yield* liveHistories(histories);
    return;
  }
  for (const file of histories.files) yield { source: file, workflowId: undefined, history: await historyIn(file) };
}

async function historyIn(file: string): Promise<unknown> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new UnavailableError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  // No encoded history begins so: its first byte is the tag of an event.
  if (!/^\s*\{/.test(bytes.toString("latin1", 0, 64))) return new Uint8Array(bytes);
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    throw new UnavailableError(`${file} is no JSON: ${(error as Error).message}`, { cause: error });
  }
}

async function* liveHistories({ query, limit, profile, ...given }: LiveSource): AsyncGenerator<NamedHistory> {
  const known = loadClientConnectConfig({ ...(profile === undefined ? {} : { profile }) });
  const address = given.address ?? known.connectionOptions.address ?? "127.0.0.1:7233";
  const namespace = given.namespace ?? known.namespace ?? "default";
  let taken = 0;
  try {
    await using connection = await Connection.connect({
      connectTimeout: "5 seconds",
      ...known.connectionOptions,
      address,
    });
    const client = new Client({ connection, namespace });
    for await (const { workflowId, history } of client.workflow.list({ query }).intoHistories()) {
      yield { source: `${namespace}/${workflowId}`, workflowId, history };
      taken += 1;
      if (taken === limit) return;
    }
  } catch (error) {
    throw new UnavailableError(`histories of ${namespace} at ${address} cannot be had: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
