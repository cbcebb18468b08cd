import { fileURLToPath } from "node:url";
import type { Tracer } from "@opentelemetry/api";
import type { ClientOptions, ClientPlugin, WorkflowClientInterceptor } from "../client/index.ts";
import type { ReplayWorkerOptions, WorkerOptions, WorkerPlugin } from "../worker/index.ts";
import {
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryActivityOutboundInterceptor,
} from "./activity-interceptor.ts";
import { OpenTelemetryWorkflowClientInterceptor } from "./client-interceptor.ts";
import { makeWorkflowExporter } from "./workflow-exporter.ts";
import type { SpanTaker } from "./workflow-exporter.ts";

/** Options of an `OpenTelemetryPlugin`. */
export interface OpenTelemetryPluginOptions {
  /** Where spans of workflow code go: the processor (or exporter) that the tracer provider was given. */
  readonly spanProcessor: SpanTaker;
  /** What they are of, as given to the tracer provider. */
  readonly resource?: unknown;
  /** Of the global provider unless given. */
  readonly tracer?: Tracer;
}

const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";

/** For `interceptors.workflowModules` of a worker, with the sink of `makeWorkflowExporter`. */
export const openTelemetryWorkflowModules: string[] = [
  fileURLToPath(new URL(`./inside/trace-workflow.${extension}`, import.meta.url)),
];

/**
 * Traces clients, workflows and activities: give it to `plugins` of the client and of the worker.
 *
 * @example
 * ```ts
 * const plugin = new OpenTelemetryPlugin({ spanProcessor, resource });
 * const client = new Client({ plugins: [plugin] });
 * const worker = await Worker.create({ taskQueue, workflowsPath, plugins: [plugin] });
 * ```
 */
export class OpenTelemetryPlugin implements WorkerPlugin, ClientPlugin {
  readonly name = "OpenTelemetryPlugin";
  readonly #options: OpenTelemetryPluginOptions;

  constructor(options: OpenTelemetryPluginOptions) {
    this.#options = options;
  }

  configureClient(options: Omit<ClientOptions, "plugins">): Omit<ClientOptions, "plugins"> {
    const { interceptors } = options;
    const workflow = [
      new OpenTelemetryWorkflowClientInterceptor(this.#options),
      ...((interceptors?.workflow as WorkflowClientInterceptor[] | undefined) ?? []),
    ];
    return { ...options, interceptors: { ...interceptors, workflow } };
  }

  configureWorker(options: WorkerOptions): WorkerOptions {
    const { interceptors } = options;
    const client = { workflow: [new OpenTelemetryWorkflowClientInterceptor(this.#options)], ...interceptors?.client };
    return {
      ...this.#configure(options),
      interceptors: {
        ...interceptors,
        client,
        workflowModules: [...openTelemetryWorkflowModules, ...(interceptors?.workflowModules ?? [])],
        activity: [
          (activity) => ({
            inbound: new OpenTelemetryActivityInboundInterceptor(activity, this.#options),
            outbound: new OpenTelemetryActivityOutboundInterceptor(),
          }),
          ...(interceptors?.activity ?? []),
        ],
      },
    };
  }

  configureReplayWorker(options: ReplayWorkerOptions): ReplayWorkerOptions {
    const { interceptors } = options;
    const workflowModules = [...openTelemetryWorkflowModules, ...(interceptors?.workflowModules ?? [])];
    return { ...this.#configure(options), interceptors: { ...interceptors, workflowModules } };
  }

  #configure<T extends ReplayWorkerOptions>(options: T): T {
    const { spanProcessor, resource } = this.#options;
    return { ...options, sinks: { exporter: makeWorkflowExporter(spanProcessor, resource), ...options.sinks } };
  }
}
