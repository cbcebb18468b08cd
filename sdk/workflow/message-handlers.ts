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
  bufferedSignals: SignalWorkflow[] = [];
  bufferedUpdates: DoUpdate[] = [];
  readonly runningSignals = new Map<number, HandlerExecution>();
  readonly runningUpdates = new Map<string, HandlerExecution>();

  get areFinished(): boolean {
    return this.runningSignals.size === 0 && this.runningUpdates.size === 0;
  }
}
