/** A thread that answers questions about executions, one after the other, on a connection of its own. */
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../../../base/index.ts";
import { openConnection } from "./open-connection.ts";
import { toWire } from "./visibility-messages.ts";
import type { VisibilityAnswer, VisibilityRequest, VisibilityThreadData } from "./visibility-messages.ts";
import { VisibilityReader } from "./visibility-reader.ts";

assert(parentPort !== null, "this module is a worker thread's");
const port = parentPort;
const { databaseFile, cacheKiB } = workerData as VisibilityThreadData;
const connection = openConnection(databaseFile, cacheKiB);
connection.exec("PRAGMA query_only = ON");
const reader = new VisibilityReader(connection);
port.on("message", (request: VisibilityRequest) => port.postMessage(answer(request)));

/** Thrown within a statement, which SQLite then ends. */
class Ended extends Error {
  readonly kind: "late" | "stopped";

  constructor(kind: "late" | "stopped") {
    super(kind);
    this.kind = kind;
  }
}

function answer({ question, stop, budgetMs }: VisibilityRequest): VisibilityAnswer {
  const flag = new Int32Array(stop);
  const until = budgetMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + budgetMs;
  const goesOn = (): void => {
    if (Atomics.load(flag, 0) === 1) throw new Ended("stopped");
    if (performance.now() > until) throw new Ended("late");
  };
  try {
    goesOn();
    const value = question.kind === "list" ? reader.list(question.list, goesOn) : reader.count(question.count, goesOn);
    return { kind: "value", value };
  } catch (error) {
    return error instanceof Ended ? { kind: error.kind } : { kind: "thrown", error: toWire(error) };
  }
}
