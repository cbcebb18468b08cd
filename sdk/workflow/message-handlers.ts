/** A run's handlers of signals, queries and updates, and the messages that wait for a handler. */
import type {
  WorkflowQueryAnnotatedType,
  WorkflowSignalAnnotatedType,
  WorkflowUpdateAnnotatedType,
} from "../common/index.ts";
import type { DoUpdate, SignalWorkflow } from "./activation.ts";
import type { DefaultQueryHandler, DefaultSignalHandler, DefaultUpdateHandler } from "./message-definitions.ts";
import type { HandlerUnfinishedPolicy } from "../common/index.ts";

/** A handler that has begun and not ended. */
export interface HandlerExecution {
  readonly name: string;
  readonly unfinishedPolicy: HandlerUnfinishedPolicy;
  /** Of an update. */
  readonly updateId?: string;
}

export class MessageHandlers {
  signals: Map<string, WorkflowSignalAnnotatedType> | undefined;
  queries: Map<string, WorkflowQueryAnnotatedType> | undefined;
  updates: Map<string, WorkflowUpdateAnnotatedType> | undefined;
  defaultSignal: DefaultSignalHandler | undefined;
  defaultQuery: DefaultQueryHandler | undefined;
  defaultUpdate: DefaultUpdateHandler | undefined;
  /** In the order of arrival. */
  readonly bufferedSignals: SignalWorkflow[] = [];
  readonly bufferedUpdates: DoUpdate[] = [];
  /** Handlers that are at work, signals' by number and updates' by their id. */
  #running: Map<number | string, HandlerExecution> | undefined;

  get areFinished(): boolean {
    return this.#running === undefined || this.#running.size === 0;
  }

  begin(key: number | string, execution: HandlerExecution): void {
    this.#running ??= new Map();
    this.#running.set(key, execution);
  }

  end(key: number | string): void {
    this.#running?.delete(key);
  }

  unfinished(): HandlerExecution[] {
    return [...(this.#running?.values() ?? [])];
  }
}
