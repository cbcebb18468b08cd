import type { Duration } from "../common/index.ts";

/** A server that is started for tests, in real time. */
export interface DevServerConfig {
  type: "dev-server";
  /** A program to start instead of the server in this process. */
  executable?: EphemeralServerExecutable;
  /** Where data is kept: a folder of our server, a file of a program. In memory unless given. */
  dbFilename?: string;
  /** Made at the start; `default` unless given. */
  namespace?: string;
  /** Address to listen on; 127.0.0.1 unless given. */
  ip?: string;
  /** A free port unless given. */
  port?: number;
  /** Only for programs: whether they show a user interface. */
  ui?: boolean;
  uiPort?: number;
  /** Only for programs. */
  log?: { format: string; level: string };
  /** Further arguments of a program. */
  extraArgs?: string[];
  /** Registered at the start. */
  searchAttributes?: { readonly name: string; readonly type: string }[];
}

/** A server that is started for tests and skips time. */
export interface TimeSkippingServerConfig {
  type: "time-skipping";
  /** A program to start instead of the server in this process. */
  executable?: EphemeralServerExecutable;
  /** A free port unless given. */
  port?: number;
  /** Further arguments of a program. */
  extraArgs?: string[];
  /** Registered at the start. */
  searchAttributes?: { readonly name: string; readonly type: string }[];
}

/** Which program to start. Nothing is ever downloaded: without a path the server in this process is used. */
export type EphemeralServerExecutable =
  | { type: "cached-download"; downloadDir?: string; version?: string; ttl?: Duration }
  | { type: "existing-path"; path: string };
