/** The writer thread: requests in, answers out, in order. Commits that wait together share a transaction. */
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { assert, systemTimers } from "../../../base/index.ts";
import type { CommitResult } from "../store.ts";
import type { EncodedBatch } from "./batch-codec.ts";
import { BatchWriter } from "./batch-writer.ts";
import { openConnection } from "./open-connection.ts";
import { toWire } from "./thread-writer.ts";
import type { ThreadWriterOptions, WriterAnswer, WriterRequest } from "./thread-writer.ts";
import { Checkpoints } from "./writer.ts";

assert(parentPort !== null, "this module is a worker thread's");
serve(parentPort, workerData as ThreadWriterOptions);

function serve(port: MessagePort, options: ThreadWriterOptions): void {
  const database = openConnection(options.databaseFile, options.cacheKiB);
  const writer = new BatchWriter(database);
  const checkpoints = new Checkpoints({ writer, timers: systemTimers, walPagesMax: options.walPagesMax });
  port.on("message", (first: WriterRequest) => {
    const answers: WriterAnswer[] = [];
    let commits: EncodedBatch[] = [];
    for (let request: WriterRequest | undefined = first; request !== undefined; request = receive(port)) {
      if (request.kind === "commit") {
        commits.push(request.batch);
        continue;
      }
      answers.push(...commit(writer, commits), answer(writer, checkpoints, request));
      commits = [];
    }
    answers.push(...commit(writer, commits));
    port.postMessage(answers);
    if (commits.length > 0) checkpoints.committed();
  });
  port.postMessage([{ kind: "value", value: undefined }] satisfies WriterAnswer[]);
}

function receive(port: MessagePort): WriterRequest | undefined {
  return receiveMessageOnPort(port)?.message as WriterRequest | undefined;
}

function commit(writer: BatchWriter, group: readonly EncodedBatch[]): WriterAnswer[] {
  return group.length === 0 ? [] : writer.commit(group).map(outcome);
}

function outcome(result: CommitResult): WriterAnswer {
  if (result.kind === "committed" || result.kind === "fenced") return result;
  return { kind: result.kind, error: toWire(result.error) };
}

function answer(
  writer: BatchWriter,
  checkpoints: Checkpoints,
  request: Exclude<WriterRequest, { kind: "commit" }>,
): WriterAnswer {
  try {
    switch (request.kind) {
      case "openLane":
        return { kind: "value", value: writer.openLane(request.open) };
      case "lastBatch":
        return { kind: "value", value: writer.lastBatch(request.lane, request.epoch) };
      case "close":
        checkpoints.stop();
        writer.close();
        return { kind: "value", value: undefined };
    }
  } catch (error) {
    return { kind: "thrown", error: toWire(error as Error) };
  }
}
