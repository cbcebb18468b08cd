import { composeInterceptors } from "../common/interceptors.ts";
import type { TypeInfo } from "../common/type-info.ts";
import type {
  ActivityHandle,
  ActivityOptions,
  GetActivityHandleOptions,
  TypedActivityClient,
} from "./activity-handle.ts";
import type { ActivityClientInterceptor, ActivityStartInput } from "./activity-interceptors.ts";
import type { ActivityExecutionInfo, CountActivityExecutions } from "./activity-types.ts";
import { AsyncCompletionClient, type AsyncCompletionClientOptions } from "./async-completion-client.ts";
import { loadCalls } from "./lazy-calls.ts";

export type * from "./activity-handle.ts";

/** Options of an `ActivityClient`. */
export interface ActivityClientOptions extends AsyncCompletionClientOptions {
  interceptors?: ActivityClientInterceptor[];
}

/** Standalone activities, which no workflow calls; and the completion of any activity from outside. */
export class ActivityClient extends AsyncCompletionClient implements TypedActivityClient<any> {
  readonly #interceptors: readonly ActivityClientInterceptor[];

  constructor(options?: ActivityClientOptions) {
    super(options);
    this.#interceptors = options?.interceptors ?? [];
  }

  /** This client, for the type checker: it knows the activities of `T`. */
  typed<T>(): TypedActivityClient<T> {
    return this as unknown as TypedActivityClient<T>;
  }

  /** @throws ActivityExecutionAlreadyStartedError when there is one of this id and the policies forbid another. */
  async start<R = any>(activity: string, options: ActivityOptions): Promise<ActivityHandle<R>> {
    const calls = await loadCalls();
    const start = composeInterceptors(this.#interceptors, "start", async (input: ActivityStartInput) => {
      const { runId } = await calls.startActivity(this.clientContext(), input);
      return this.#handle(input.options.id, runId, input.options.typeInfo?.outputType);
    });
    return start({ activityType: activity, options, headers: {} });
  }

  /** Starts an activity and waits for its result. */
  async execute<R = any>(activity: string, options: ActivityOptions): Promise<R> {
    const handle = await this.start<R>(activity, options);
    return handle.result();
  }

  /** A handle of an activity, of its latest run without `runId`; the server is not asked. */
  getHandle<R = any>(activityId: string, runId?: string): ActivityHandle<R> {
    return this.#handle(activityId, runId, undefined);
  }

  getHandleWithOptions<R = any>(activityId: string, options: GetActivityHandleOptions): ActivityHandle<R> {
    return this.#handle(activityId, options.runId, options.typeInfo?.outputType);
  }

  /** Activities that match a query; the list may lag behind a little. */
  list(query: string): AsyncIterable<ActivityExecutionInfo> {
    const list = composeInterceptors(this.#interceptors, "list", (input) => this.#list(input.query));
    return list({ query, headers: {} });
  }

  /** How many activities match a query. */
  async count(query: string): Promise<CountActivityExecutions> {
    const calls = await loadCalls();
    const count = composeInterceptors(this.#interceptors, "count", (input) =>
      calls.countActivities(this.clientContext(), input.query),
    );
    return count({ query, headers: {} });
  }

  async *#list(query: string): AsyncGenerator<ActivityExecutionInfo> {
    const calls = await loadCalls();
    yield* calls.listActivities(this.clientContext(), query);
  }

  #handle<R>(activityId: string, runId: string | undefined, outputType: TypeInfo | undefined): ActivityHandle<R> {
    const run = { activityId, activityRunId: runId ?? "", headers: {} };
    const client = this.clientContext();
    const all = this.#interceptors;
    return {
      activityId,
      ...(runId === undefined ? {} : { runId }),
      async result() {
        const calls = await loadCalls();
        const get = composeInterceptors(all, "getResult", (input) => calls.activityResult(client, input));
        return get(outputType === undefined ? run : { ...run, outputType });
      },
      async describe(given) {
        const calls = await loadCalls();
        const describe = composeInterceptors(all, "describe", (input) => calls.describeActivity(client, input));
        const options = {
          includeInput: false,
          includeOutcome: false,
          includeHeartbeatDetails: false,
          includeLastFailure: false,
          ...given,
        };
        return describe({ ...run, options });
      },
      async cancel(reason) {
        const calls = await loadCalls();
        const cancel = composeInterceptors(all, "cancel", (input) => calls.requestCancelActivity(client, input));
        await cancel({ ...run, reason });
      },
      async terminate(reason) {
        const calls = await loadCalls();
        const terminate = composeInterceptors(all, "terminate", (input) => calls.terminateActivity(client, input));
        await terminate({ ...run, reason });
      },
      async pause(options = {}) {
        const calls = await loadCalls();
        const pause = composeInterceptors(all, "pause", (input) => calls.pauseActivity(client, input));
        await pause({ ...run, options });
      },
      async unpause(options = {}) {
        const calls = await loadCalls();
        const unpause = composeInterceptors(all, "unpause", (input) => calls.unpauseActivity(client, input));
        await unpause({ ...run, options });
      },
      async updateOptions(options) {
        const calls = await loadCalls();
        const update = composeInterceptors(all, "updateOptions", (input) =>
          calls.updateActivityOptions(client, input, input.options),
        );
        return update({ ...run, options });
      },
      async restoreOriginalOptions() {
        const calls = await loadCalls();
        const restore = composeInterceptors(all, "restoreOriginalOptions", (input) =>
          calls.updateActivityOptions(client, input, "original"),
        );
        return restore(run);
      },
    };
  }
}
