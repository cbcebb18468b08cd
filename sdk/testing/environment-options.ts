import type { ClientPlugin } from "../client/index.ts";
import type { ConnectionOptions, ConnectionPlugin } from "../connection/index.ts";
import type { DevServerConfig, TimeSkippingServerConfig } from "./server-config.ts";
import type { ClientOptionsForTestEnv } from "./time-skipping-client.ts";

interface SharedOptions {
  /** Of `environment.client`. */
  client?: ClientOptionsForTestEnv;
  plugins?: (ClientPlugin | ConnectionPlugin)[];
}

/** Options of `TestWorkflowEnvironment.createLocal`. */
export interface LocalTestWorkflowEnvironmentOptions extends SharedOptions {
  server?: Omit<DevServerConfig, "type">;
}

/** Options of `TestWorkflowEnvironment.createTimeSkipping`. */
export interface TimeSkippingTestWorkflowEnvironmentOptions extends SharedOptions {
  server?: Omit<TimeSkippingServerConfig, "type">;
}

/** How a server that exists already is reached. */
export type ExistingServerConnectionOptions = Pick<ConnectionOptions, "apiKey" | "metadata" | "tls">;

/** Options of `TestWorkflowEnvironment.createFromExistingServer`. */
export interface ExistingServerTestWorkflowEnvironmentOptions extends SharedOptions {
  /** `localhost:7233` unless given. */
  address?: string;
  /** `default` unless given. */
  namespace?: string;
  /** Of the client's and the workers' connection. */
  connectionOptions?: ExistingServerConnectionOptions;
}

/** What an environment was made with. */
export interface TestWorkflowEnvironmentOptions extends SharedOptions {
  server: DevServerConfig | TimeSkippingServerConfig | { type: "existing" };
}

/** An endpoint that an environment has made. */
export interface NexusEndpointIdentifier {
  id: string;
  version: number;
  /** As the server describes it. */
  raw: object;
}
