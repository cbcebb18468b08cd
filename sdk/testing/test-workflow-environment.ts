/** A server for tests with a client and a connection for workers. */
import { duration } from "../../api/duration.ts";
import { timestampMs } from "../../api/timestamp.ts";
import type { Timestamp } from "../../api/gen/messages.js";
import { systemClock, systemTimers } from "../../base/index.ts";
import { Client } from "../client/index.ts";
import type { AsyncCompletionClient, WorkflowClient } from "../client/index.ts";
import { msToNumber } from "../common/index.ts";
import type { Duration } from "../common/index.ts";
import { Connection, LOCAL_TARGET } from "../connection/index.ts";
import { NativeConnection } from "../worker/index.ts";
import type {
  ExistingServerConnectionOptions,
  ExistingServerTestWorkflowEnvironmentOptions,
  LocalTestWorkflowEnvironmentOptions,
  NexusEndpointIdentifier,
  TestWorkflowEnvironmentOptions,
  TimeSkippingTestWorkflowEnvironmentOptions,
} from "./environment-options.ts";
import { openDevServer, openTimeSkippingServer } from "./open-server.ts";
import type { OpenServer } from "./open-server.ts";
import type { DevServerConfig } from "./server-config.ts";
import { registerSearchAttributes } from "./search-attributes.ts";
import { TimeSkippingClient } from "./time-skipping-client.ts";

interface Parts {
  readonly options: TestWorkflowEnvironmentOptions;
  readonly supportsTimeSkipping: boolean;
  readonly server: OpenServer;
  readonly namespace: string;
  readonly connectionOptions: ExistingServerConnectionOptions;
}

/**
 * Where workflows are tested: a server of its own, in this process and in memory, unless told otherwise. It opens within
 * milliseconds, so every test may have one; each has its own time.
 *
 * ```ts
 * await using environment = await TestWorkflowEnvironment.createTimeSkipping();
 * const worker = await Worker.create({ connection: environment.nativeConnection, taskQueue: "test", workflowsPath });
 * await worker.runUntil(environment.client.workflow.execute("remindMonthly", { workflowId: "1", taskQueue: "test" }));
 * ```
 */
export class TestWorkflowEnvironment implements AsyncDisposable {
  readonly options: TestWorkflowEnvironmentOptions;
  /** Whether time is skipped: while a result is awaited, and by `sleep`. */
  readonly supportsTimeSkipping: boolean;
  /** Where other processes reach the server. */
  readonly address: string;
  readonly connectionOptions: ExistingServerConnectionOptions;
  readonly namespace: string;
  readonly connection: Connection;
  readonly client: Client;
  /** For workers: give it to `Worker.create`. */
  readonly nativeConnection: NativeConnection;
  readonly #server: OpenServer;
  #closing: Promise<void> | undefined;

  /**
   * A server that skips time: while a workflow's result is awaited and nothing is being worked on, its clock goes on to
   * whatever is due next. At other times it runs at its usual pace; `sleep` skips.
   */
  static async createTimeSkipping(
    options: TimeSkippingTestWorkflowEnvironmentOptions = {},
  ): Promise<TestWorkflowEnvironment> {
    const config = { type: "time-skipping", ...options.server } as const;
    const environment = await this.#create({ ...options, server: config }, () => openTimeSkippingServer(config));
    return environment.#withSearchAttributes(config.searchAttributes);
  }

  /** A server in real time. */
  static async createLocal(options: LocalTestWorkflowEnvironmentOptions = {}): Promise<TestWorkflowEnvironment> {
    const config = { type: "dev-server", ...options.server } as const;
    const environment = await this.#create({ ...options, server: config }, () => openDevServer(config), {
      namespace: config.namespace,
    });
    return environment.#withSearchAttributes(config.searchAttributes);
  }

  async #withSearchAttributes(given: DevServerConfig["searchAttributes"]): Promise<this> {
    if (given === undefined) return this;
    try {
      await registerSearchAttributes(this.connection, this.namespace, given);
      return this;
    } catch (error) {
      await this.teardown();
      throw error;
    }
  }

  /** A server that runs already, in real time. */
  static createFromExistingServer(
    options: ExistingServerTestWorkflowEnvironmentOptions = {},
  ): Promise<TestWorkflowEnvironment> {
    const { address = LOCAL_TARGET, namespace, connectionOptions, ...shared } = options;
    const open = async (): Promise<OpenServer> => ({ address, local: undefined, close: async () => {} });
    return this.#create({ ...shared, server: { type: "existing" } }, open, { namespace, connectionOptions });
  }

  static async #create(
    options: TestWorkflowEnvironmentOptions,
    open: () => Promise<OpenServer>,
    at: { namespace?: string | undefined; connectionOptions?: ExistingServerConnectionOptions | undefined } = {},
  ): Promise<TestWorkflowEnvironment> {
    const server = await open();
    const { namespace = "default", connectionOptions = {} } = at;
    const supportsTimeSkipping = options.server.type === "time-skipping";
    const environment = new this({ options, supportsTimeSkipping, server, namespace, connectionOptions });
    try {
      await Promise.all([environment.connection.ensureConnected(), environment.nativeConnection.ensureConnected()]);
      return environment;
    } catch (error) {
      await environment.teardown();
      throw error;
    }
  }

  protected constructor({ options, supportsTimeSkipping, server, namespace, connectionOptions }: Parts) {
    this.options = options;
    this.supportsTimeSkipping = supportsTimeSkipping;
    this.address = server.address;
    this.connectionOptions = connectionOptions;
    this.namespace = namespace;
    this.#server = server;
    const shared = { ...connectionOptions, ...(options.plugins !== undefined && { plugins: options.plugins }) };
    const { local, address } = server;
    this.connection =
      local === undefined ? Connection.lazy({ ...shared, address }) : Connection.inProcess(local, shared);
    this.nativeConnection = (
      local === undefined ? NativeConnection.lazy({ ...shared, address }) : NativeConnection.inProcess(local, shared)
    ) as NativeConnection;
    const clientOptions = { ...options.client, connection: this.connection, namespace };
    this.client = supportsTimeSkipping ? new TimeSkippingClient(clientOptions) : new Client(clientOptions);
  }

  /** @deprecated Use `client.activity`. */
  get asyncCompletionClient(): AsyncCompletionClient {
    return this.client.activity;
  }

  /** @deprecated Use `client.workflow`. */
  get workflowClient(): WorkflowClient {
    return this.client.workflow;
  }

  /** Waits in the server's time, which it skips if it can. Also of use in activities that stand for long work. */
  readonly sleep = async (durationMs: Duration): Promise<void> => {
    const ms = msToNumber(durationMs);
    if (this.supportsTimeSkipping) {
      await this.connection.testService.unlockTimeSkippingWithSleep({ duration: duration(ms) });
      return;
    }
    await new Promise<void>((resolve) => systemTimers.set(ms, resolve));
  };

  /** The server's time, in milliseconds since the epoch. */
  async currentTimeMs(): Promise<number> {
    if (!this.supportsTimeSkipping) return systemClock.now();
    const { time } = await this.connection.testService.getCurrentTime({});
    return timestampMs(time as Timestamp);
  }

  /** Makes a Nexus endpoint whose operations the workers of a task queue serve. */
  async createNexusEndpoint(name: string, taskQueue: string): Promise<NexusEndpointIdentifier> {
    const { endpoint } = await this.connection.operatorService.createNexusEndpoint({
      spec: { name, target: { worker: { namespace: this.namespace, taskQueue } } },
    });
    if (endpoint === undefined) throw new Error(`the server did not describe the endpoint ${name} that it made`);
    return { id: endpoint.id, version: endpoint.version, raw: endpoint };
  }

  async deleteNexusEndpoint({ id, version }: Pick<NexusEndpointIdentifier, "id" | "version">): Promise<void> {
    await this.connection.operatorService.deleteNexusEndpoint({ id, version });
  }

  /** Closes the connections and ends the server, if it is the environment's own. */
  teardown(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.teardown();
  }

  async #close(): Promise<void> {
    await Promise.all([this.connection.close(), this.nativeConnection.close()]);
    await this.#server.close();
  }
}
