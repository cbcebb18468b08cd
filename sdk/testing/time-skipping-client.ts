import { Client, WorkflowClient } from "../client/index.ts";
import type { ClientOptions, WorkflowClientOptions, WorkflowResultOptions } from "../client/index.ts";
import type { Workflow, WorkflowResultType } from "../common/index.ts";
import type { Connection } from "../connection/index.ts";

/** The options of a client that an environment leaves to its user. */
export type ClientOptionsForTestEnv = Omit<ClientOptions, "namespace" | "connection">;

/** A client whose `workflow` lets the test server skip time while it waits for results. */
export class TimeSkippingClient extends Client {
  constructor(options: ClientOptions) {
    super(options);
    const { interceptors, workflow, plugins: _, ...base } = this.options;
    const own = new TimeSkippingWorkflowClient({
      ...base,
      connection: this.connection,
      interceptors: interceptors?.workflow,
      queryRejectCondition: workflow?.queryRejectCondition,
    } as WorkflowClientOptions);
    Object.assign(this, { workflow: own });
  }
}

/** Waits of this process for results, by connection: the server's time is unlocked by the first and locked by the last. */
const waits = new WeakMap<object, number>();

/** A workflow client that lets the test server skip time while it waits for results; several may wait at once. */
export class TimeSkippingWorkflowClient extends WorkflowClient {
  // oxlint-disable-next-line no-useless-constructor -- The options are no longer optional: without a test server it is of no use.
  constructor(options: WorkflowClientOptions) {
    super(options);
  }

  override async result<T extends Workflow>(
    workflowId: string,
    runId?: string,
    options?: WorkflowResultOptions,
  ): Promise<WorkflowResultType<T>> {
    const connection = this.connection as Connection;
    const before = waits.get(connection) ?? 0;
    waits.set(connection, before + 1);
    try {
      if (before === 0) await connection.testService.unlockTimeSkipping({});
      return await super.result<T>(workflowId, runId, options);
    } finally {
      const left = (waits.get(connection) as number) - 1;
      waits.set(connection, left);
      if (left === 0) await connection.testService.lockTimeSkipping({});
    }
  }
}
