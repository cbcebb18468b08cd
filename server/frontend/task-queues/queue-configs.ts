import { TaskQueueConfig } from "../../../api/gen/messages.js";
import type { TaskQueueConfig as Config } from "../../../api/gen/messages.js";
import { resourceExhausted } from "../../../api/errors.ts";
import { ResourceExhaustedCause, ResourceExhaustedScope } from "../../../api/gen/enums.js";
import type { Matching, QueueSettings, TaskQueueId, TaskQueueType } from "../../matching/index.ts";
import type { MetaWrite, Store } from "../../store/store.ts";

const META_PREFIX = "queue-config/";
/** Each is kept in memory, whether or not its queue is used. */
const CONFIGS_MAX = 100_000;

const NOTHING: Config = TaskQueueConfig.decode(new Uint8Array(0));

export interface QueueConfigsOptions {
  readonly matching: Pick<Matching, "configure">;
  write(writes: readonly MetaWrite[]): Promise<void>;
}

/** What operators have set for task queues. */
export class QueueConfigs {
  readonly #options: QueueConfigsOptions;
  readonly #byKey = new Map<string, Config>();
  /** Rows of namespaces that are gone: they go with the next write. */
  #leftOver: string[] = [];
  /** Changes run one after the other. */
  #changes: Promise<unknown> = Promise.resolve();

  constructor(options: QueueConfigsOptions) {
    this.#options = options;
  }

  /** Before history queues its first task; only queues of the namespaces that there are. */
  async load(store: Pick<Store, "readMeta">, isNamespace: (number: number) => boolean): Promise<void> {
    for (const { key, blob } of await store.readMeta(META_PREFIX)) {
      const id = queueOf(key);
      if (id === undefined || !isNamespace(id.namespace)) this.#leftOver.push(key);
      else this.#put(id, TaskQueueConfig.decode(Uint8Array.from(blob)));
    }
  }

  /** undefined when nobody has ever set anything. */
  of(id: TaskQueueId): Config | undefined {
    return this.#byKey.get(keyOf(id));
  }

  /** Replaces a queue's configuration by what `change` makes of it; the new one holds for tasks that wait, too. */
  update(id: TaskQueueId, change: (config: Config) => Config): Promise<Config> {
    const turn = this.#changes.then(async () => {
      const known = this.of(id);
      const config = change(known ?? NOTHING);
      if (known === undefined && this.#byKey.size >= CONFIGS_MAX) throw tooManyConfigs();
      const removed = this.#leftOver.map((key) => ({ key, blob: undefined }));
      await this.#options.write([{ key: keyOf(id), blob: TaskQueueConfig.encode(config) }, ...removed]);
      this.#leftOver = [];
      this.#put(id, config);
      return config;
    });
    this.#changes = turn.catch(() => undefined);
    return turn;
  }

  #put(id: TaskQueueId, config: Config): void {
    this.#byKey.set(keyOf(id), config);
    this.#options.matching.configure(id, settingsOf(config));
  }
}

function tooManyConfigs(): Error {
  return resourceExhausted({
    message: `${CONFIGS_MAX} task queues have a configuration, which is the limit`,
    cause: ResourceExhaustedCause.RESOURCE_EXHAUSTED_CAUSE_SYSTEM_OVERLOADED,
    scope: ResourceExhaustedScope.RESOURCE_EXHAUSTED_SCOPE_SYSTEM,
  });
}

function settingsOf(config: Config): QueueSettings {
  const weights = Object.entries(config.fairnessWeightOverrides);
  return {
    ratePerSecond: config.queueRateLimit?.rateLimit?.requestsPerSecond,
    keyRatePerSecond: config.fairnessKeysRateLimitDefault?.rateLimit?.requestsPerSecond,
    weights: weights.length === 0 ? undefined : new Map(weights),
  };
}

/** The name comes last: it may contain anything. */
function keyOf({ namespace, type, name }: TaskQueueId): string {
  return `${META_PREFIX}${namespace}/${type}/${name}`;
}

function queueOf(key: string): TaskQueueId | undefined {
  const [, namespace, type, name] = /^queue-config\/(\d+)\/(workflow|activity|nexus)\/(.*)$/s.exec(key) ?? [];
  if (namespace === undefined || type === undefined || name === undefined) return undefined;
  return { namespace: Number(namespace), type: type as TaskQueueType, name };
}
