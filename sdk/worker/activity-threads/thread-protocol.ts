import type { Info } from "../../activity/index.ts";
import type { LogLevel, LogMetadata, ProtoFailure } from "../../common/index.ts";

export interface ThreadData {
  /** The module of the activities, as a URL. */
  readonly activities: string;
}

export type ToThread =
  | { readonly kind: "run"; readonly id: number; readonly name: string; readonly info: Info; readonly args: unknown[] }
  | { readonly kind: "cancel"; readonly id: number; readonly reason: string; readonly details: object | undefined };

export type FromThread =
  /** The activities are loaded. */
  | { readonly kind: "ready"; readonly names: readonly string[] }
  | { readonly kind: "unready"; readonly message: string }
  | { readonly kind: "heartbeat"; readonly id: number; readonly details: unknown }
  | {
      readonly kind: "log";
      readonly id: number;
      readonly level: LogLevel;
      readonly message: string;
      readonly meta: LogMetadata | undefined;
    }
  | { readonly kind: "completed"; readonly id: number; readonly result: unknown }
  | { readonly kind: "failed"; readonly id: number; readonly failure: ProtoFailure }
  | { readonly kind: "async"; readonly id: number };
