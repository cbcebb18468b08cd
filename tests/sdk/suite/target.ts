/** The servers that the suite runs against. */
import type { Connection, ConnectionOptions } from "../../../sdk/connection/index.ts";

export type TargetName = "in process" | "gRPC on SQLite" | "gRPC on SQLite, killed at random moments" | "Temporal";

export interface Target {
  readonly name: TargetName;
  open(): Promise<OpenTarget>;
}

export interface OpenTarget {
  readonly namespace: string;
  /** A new connection; who opens it closes it. */
  connect(options?: Omit<ConnectionOptions, "address">): Promise<Connection>;
  close(): Promise<void>;
}
