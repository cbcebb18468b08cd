import { ActivityClient } from "./activity-client.ts";
import { BaseClient, type BaseClientOptions, type LoadedWithDefaults } from "./base-client.ts";
import type { ClientInterceptors } from "./interceptors.ts";
import { NexusClient } from "./nexus-client.ts";
import { ScheduleClient } from "./schedule-client.ts";
import { TaskQueueClient } from "./task-queue-client.ts";
import type { QueryRejectCondition, WorkflowService } from "./types.ts";
import { WorkflowClient } from "./workflow-client.ts";

/** Options of a `Client`; its parts get what concerns them. */
export interface ClientOptions extends BaseClientOptions {
  interceptors?: ClientInterceptors;
  plugins?: ClientPlugin[];
  workflow?: {
    /** Which closed workflows refuse queries; default none. */
    queryRejectCondition?: QueryRejectCondition;
  };
}

/** Options with defaults filled in and the data converter loaded. */
export type LoadedClientOptions = LoadedWithDefaults<ClientOptions>;

/** Changes the options of a client before it is made. Plugins of the connection that have this take part. */
export interface ClientPlugin {
  get name(): string;
  configureClient?(options: Omit<ClientOptions, "plugins">): Omit<ClientOptions, "plugins">;
}

/**
 * A client of one namespace. Clients are cheap; the connection they share is not.
 *
 * ```ts
 * const client = new Client({ connection: await Connection.connect() });
 * const handle = await client.workflow.start("greet", { taskQueue: "greetings", workflowId: "greet-1", args: ["you"] });
 * console.log(await handle.result());
 * ```
 */
export class Client extends BaseClient {
  readonly options: LoadedClientOptions;
  /** Starts workflows and makes handles of them. */
  readonly workflow: WorkflowClient;
  /** Standalone activities, and completion of activities from outside. */
  readonly activity: ActivityClient;
  readonly schedule: ScheduleClient;
  /** @deprecated Use worker deployments. */
  readonly taskQueue: TaskQueueClient;
  /** Standalone Nexus operations. */
  readonly nexus: NexusClient;

  constructor(given?: ClientOptions) {
    const options = configured(given);
    super(options);
    const { interceptors, workflow, plugins, ...base } = options;
    const shared = { ...base, connection: this.connection, dataConverter: this.dataConverter as never };
    this.workflow = new WorkflowClient({
      ...shared,
      interceptors: interceptors?.workflow,
      queryRejectCondition: workflow?.queryRejectCondition,
    });
    this.activity = new ActivityClient({ ...shared, interceptors: interceptors?.activity });
    this.schedule = new ScheduleClient({ ...shared, interceptors: interceptors?.schedule });
    this.taskQueue = new TaskQueueClient(shared);
    this.nexus = new NexusClient({ ...shared, interceptors: interceptors?.nexus });
    this.options = this.optionsWithDefaults(options, {
      interceptors: { workflow: [], activity: [], schedule: [], nexus: [] },
      workflow: {},
      plugins: plugins ?? [],
    });
  }

  /** The methods of the service; the namespace is not filled in. */
  get workflowService(): WorkflowService {
    return this.connection.workflowService;
  }
}

/** The options after all plugins: those given, and those of the connection. */
function configured(given: ClientOptions = {}): ClientOptions {
  const fromConnection = (given.connection?.plugins ?? []).filter(
    (plugin): plugin is ClientPlugin => "configureClient" in plugin,
  );
  const plugins = [...fromConnection, ...(given.plugins ?? [])];
  return plugins.reduce<ClientOptions>(
    (options, plugin) => ({ ...(plugin.configureClient?.(options) ?? options), plugins }),
    { ...given, plugins },
  );
}
