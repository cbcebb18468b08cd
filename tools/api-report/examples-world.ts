/** What examples leave to the reader: parts of the program around them. */
import type { QueryDefinition, SignalDefinition, UpdateDefinition } from "perdure/common";
import type { PgPool } from "perdure/extras";
import type { OpenTelemetryPluginOptions } from "perdure/opentelemetry";
import type { Connection, Worker, WorkerOptions, WorkflowHandle } from "perdure";

export { expect } from "vitest";
export { z } from "zod";

export declare const connection: Connection;
export declare const worker: Worker;
export declare const options: WorkerOptions;
export declare const handle: WorkflowHandle;
export declare const taskQueue: string;
export declare const workflowsPath: string;
export declare const spanProcessor: OpenTelemetryPluginOptions["spanProcessor"];
export declare const resource: OpenTelemetryPluginOptions["resource"];

export declare function charge(customerId: string, month?: number): Promise<string>;
export declare function sendReminder(customerId: string): Promise<void>;
export declare function reserve(sku: string): Promise<string>;
export declare function release(reservation: string): Promise<void>;
export declare function refund(orderId: string): Promise<void>;
export declare function ship(orderId?: string): Promise<string>;
export declare function pay(orderId: string, cents: number): Promise<string>;
export declare function escalate(): Promise<void>;
export declare function copyFiles(from: string, to: string): Promise<void>;
export declare function fetchRate(currency: string): Promise<number>;
export declare function assertValid(name: string): void;
export declare function readRate(currency: string): Promise<number>;
export declare const activities: { charge: typeof charge; ship: typeof ship; reserve: typeof reserve };

export declare function placeOrder(what: string): Promise<string>;
export declare function myWorkflow(state: object): Promise<void>;
export declare function orderWorkflow(order: string): Promise<void>;
export declare function counter(count: number): Promise<number>;
export declare const workflows: { ship(order: string): Promise<string>; charge(order: string): Promise<string> };
export declare class InvalidOrderError extends Error {}

export declare const order: string;
export declare const orderId: string;
export declare const items: string;
export declare const state: object;
export declare const count: number;
export declare const approved: boolean;
export declare const approvals: string[];
export declare const approve: SignalDefinition<[by: string]>;
export declare const approveSignal: SignalDefinition<[yes: boolean]>;
export declare const status: QueryDefinition<number>;
export declare const rename: UpdateDefinition<string, [name: string]>;
export declare const pool: PgPool;
