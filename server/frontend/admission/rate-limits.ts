import { resourceExhausted } from "../../../api/errors.ts";
import { ResourceExhaustedCause, ResourceExhaustedScope } from "../../../api/gen/enums.js";
import { frontendSettings } from "../../dynamic-config/index.ts";
import type { DynamicConfig } from "../../dynamic-config/index.ts";
import { isNamespaceChange, rankOf } from "./api-class.ts";
import type { ApiClass } from "./api-class.ts";
import { TokenBucket } from "./token-bucket.ts";

const { RESOURCE_EXHAUSTED_CAUSE_RPS_LIMIT } = ResourceExhaustedCause;
const { RESOURCE_EXHAUSTED_SCOPE_NAMESPACE, RESOURCE_EXHAUSTED_SCOPE_SYSTEM } = ResourceExhaustedScope;

const {
  rps,
  namespaceRps,
  globalNamespaceRps,
  namespaceBurstRatio,
  visibilityRps,
  globalVisibilityRps,
  visibilityBurstRatio,
  namespaceChangeRps,
  namespaceChangeBurstRatio,
  operationRps,
} = frontendSettings;

const ALL = [
  rps,
  namespaceRps,
  globalNamespaceRps,
  visibilityRps,
  globalVisibilityRps,
  namespaceChangeRps,
  operationRps,
];

/** Buckets of so many namespaces and methods at most; beyond, all are forgotten, which is generous. */
const BUCKETS_MAX = 10_000;

export interface RatedCall {
  readonly method: string;
  readonly apiClass: ApiClass;
  readonly namespace: string;
}

/** The rates that the dynamic configuration sets: of the server, of a namespace, of its lists, of single methods. */
export class RateLimits {
  readonly #config: DynamicConfig;
  readonly #buckets = new Map<string, TokenBucket>();
  #generation = -1;
  #hasAny = false;

  constructor(config: DynamicConfig) {
    this.#config = config;
  }

  /** Refuses a call beyond a rate. Free when no rate is set. */
  check(now: number, call: RatedCall): void {
    if (this.#generation !== this.#config.generation) {
      this.#generation = this.#config.generation;
      this.#hasAny = ALL.some((setting) => this.#config.has(setting));
    }
    if (!this.#hasAny || call.apiClass === "free") return;
    this.#checkNamespace(now, call);
    const perSecond = this.#config.get(rps);
    if (perSecond > 0 && !this.#take("server", now, { perSecond, burst: perSecond * 2 }, call.apiClass))
      throw resourceExhausted({
        message: "service rate limit exceeded",
        cause: RESOURCE_EXHAUSTED_CAUSE_RPS_LIMIT,
        scope: RESOURCE_EXHAUSTED_SCOPE_SYSTEM,
      });
  }

  #checkNamespace(now: number, { method, apiClass, namespace }: RatedCall): void {
    const refused = this.#ratesOf(method, apiClass, namespace).some(
      ({ name, perSecond, burstRatio }) =>
        perSecond > 0 &&
        !this.#take(`${name}/${namespace}`, now, { perSecond, burst: perSecond * burstRatio }, apiClass),
    );
    if (!refused) return;
    throw resourceExhausted({
      message: "namespace rate limit exceeded",
      cause: RESOURCE_EXHAUSTED_CAUSE_RPS_LIMIT,
      scope: RESOURCE_EXHAUSTED_SCOPE_NAMESPACE,
    });
  }

  #ratesOf(
    method: string,
    apiClass: ApiClass,
    namespace: string,
  ): { name: string; perSecond: number; burstRatio: number }[] {
    const place = { namespace };
    const get = (setting: typeof namespaceRps): number => this.#config.get(setting, place);
    const rates = [{ name: method, perSecond: this.#config.get(operationRps, place).get(method) ?? 0, burstRatio: 1 }];
    if (isNamespaceChange(method))
      rates.push({ name: "changes", perSecond: get(namespaceChangeRps), burstRatio: get(namespaceChangeBurstRatio) });
    else if (apiClass === "list")
      rates.push({
        name: "lists",
        perSecond: get(globalVisibilityRps) || get(visibilityRps),
        burstRatio: get(visibilityBurstRatio),
      });
    else
      rates.push({
        name: "calls",
        perSecond: get(globalNamespaceRps) || get(namespaceRps),
        burstRatio: get(namespaceBurstRatio),
      });
    return rates;
  }

  #take(name: string, now: number, rate: { perSecond: number; burst: number }, apiClass: ApiClass): boolean {
    let bucket = this.#buckets.get(name);
    if (bucket === undefined) {
      if (this.#buckets.size >= BUCKETS_MAX) this.#buckets.clear();
      bucket = new TokenBucket();
      this.#buckets.set(name, bucket);
    }
    return bucket.take(now, rate, rankOf(apiClass));
  }
}
