/** The writer thread: requests in, answers out, in order. Commits that wait together share a transaction. */
import * as nodeModule from "node:module";
import { MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { assert, systemTimers } from "../../../base/index.ts";
import type { CommitResult } from "../store.ts";
import { memoryOver } from "./batch-memory.ts";
import type { BatchMemory, EncodedBatch } from "./batch-memory.ts";
import { BackgroundCheckpoint } from "./background-checkpoint.ts";
import { BatchWriter } from "./batch-writer.ts";
import { Checkpoints } from "./checkpoints.ts";
import { openConnection } from "./open-connection.ts";
import { toWire } from "./writer-messages.ts";
import type { SentBatch, WriterAnswer, WriterRequest, WriterThreadData } from "./writer-messages.ts";

assert(parentPort !== null, "this module is a worker thread's");
serve(parentPort, workerData as WriterThreadData);

interface Parts {
  readonly port: MessagePort;
  readonly writer: BatchWriter;
  readonly checkpoints: Checkpoints;
  readonly background: BackgroundCheckpoint;
  /** By their index in the engine's pool. */
  readonly memories: BatchMemory[];
}

function serve(port: MessagePort, data: WriterThreadData): void {
  const { databaseFile, cacheKiB, walPagesMax, isSuccessor } = data;
  const writer = new BatchWriter(openConnection(databaseFile, cacheKiB), { isSuccessor });
  const background = new BackgroundCheckpoint(databaseFile);
  const checkpoints = new Checkpoints({
    writer,
    timers: systemTimers,
    walPagesMax,
    background: () => background.run(),
  });
  const parts = { port, writer, checkpoints, background, memories: [] };
  port.on("message", (first: WriterRequest) => drain(parts, first));
  port.postMessage([{ kind: "value", value: undefined }] satisfies WriterAnswer[]);
  // Written now and not at the thread's end: the program changes V8's flags once it serves, and a cache made then is void.
  // Deno has no such cache.
  (nodeModule as Partial<typeof nodeModule>).flushCompileCache?.();
}

function drain(parts: Parts, first: WriterRequest): void {
  const { port, writer, checkpoints } = parts;
  const answers: WriterAnswer[] = [];
  let commits: EncodedBatch[] = [];
  let hasCommitted = false;
  for (let request: WriterRequest | undefined = first; request !== undefined; request = receive(port)) {
    if (request.kind === "commit") {
      commits.push(receiveBatch(parts.memories, request.batch));
      hasCommitted = true;
      continue;
    }
    answers.push(...commit(writer, commits));
    commits = [];
    if (request.kind === "close") void close(parts);
    else answers.push(answer(writer, request));
    hasCommitted ||= request.kind === "giveBackSpace";
  }
  answers.push(...commit(writer, commits));
  if (answers.length > 0) port.postMessage(answers);
  if (hasCommitted) checkpoints.committed();
}

/** The store sends nothing after `close`. */
async function close({ port, writer, checkpoints, background }: Parts): Promise<void> {
  checkpoints.stop();
  await background.stop();
  writer.close();
  port.postMessage([{ kind: "value", value: undefined }] satisfies WriterAnswer[]);
}

function receive(port: MessagePort): WriterRequest | undefined {
  // Deno's has another class, which cannot be asked: there each request comes as an event of its own.
  if (!(port instanceof MessagePort)) return undefined;
  return receiveMessageOnPort(port)?.message as WriterRequest | undefined;
}

function receiveBatch(memories: BatchMemory[], sent: SentBatch): EncodedBatch {
  const { index, buffer, length } = sent;
  const known = index === undefined ? undefined : memories[index];
  if (known !== undefined) return { memory: known, length };
  assert(buffer !== undefined, "memory that is not known crosses with its batch");
  const memory = memoryOver(buffer, index);
  if (index !== undefined) memories[index] = memory;
  return { memory, length };
}

function commit(writer: BatchWriter, group: readonly EncodedBatch[]): WriterAnswer[] {
  return group.length === 0 ? [] : writer.commit(group).map(outcome);
}

function outcome(result: CommitResult): WriterAnswer {
  if (result.kind === "committed" || result.kind === "fenced") return result;
  return { kind: result.kind, error: toWire(result.error) };
}

function answer(writer: BatchWriter, request: Exclude<WriterRequest, { kind: "commit" | "close" }>): WriterAnswer {
  try {
    switch (request.kind) {
      case "openLane":
        return { kind: "value", value: writer.openLane(request.open) };
      case "giveBackSpace":
        return { kind: "value", value: writer.giveBackSpace() };
      case "lastBatch":
        return { kind: "value", value: writer.lastBatch(request.lane, request.epoch) };
    }
  } catch (error) {
    return { kind: "thrown", error: toWire(error as Error) };
  }
}
