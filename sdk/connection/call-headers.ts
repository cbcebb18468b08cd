import { lowerCase, type Metadata } from "./call-context.ts";
import type { CallMetadata } from "./service.ts";

/** Servers know official clients by these, and treat ours alike: it has the same abilities. */
export const CLIENT_NAME = "temporal-typescript";
export const CLIENT_VERSION = "1.24.0";

/** A key, or a function that is asked for it before each call. */
export type ApiKey = string | (() => string | Promise<string>);

const NAMESPACES_MAX = 1_000;

/**
 * The metadata of every call of one connection. The object for the same namespace and key is the same one, because
 * encoders remember what they have encoded.
 */
export class CallHeaders {
  readonly #static: Metadata;
  readonly #byNamespace = new Map<string, { key: string | undefined; metadata: CallMetadata }>();
  #apiKey: ApiKey | undefined;

  constructor(options: { metadata?: Metadata | undefined; apiKey?: ApiKey | undefined }) {
    const given = lowerCase(options.metadata ?? {});
    if (options.apiKey !== undefined && "authorization" in given) {
      throw new TypeError("Both `apiKey` and the `Authorization` header in `metadata` were given; give one of them");
    }
    this.#static = given;
    this.#apiKey = options.apiKey;
  }

  setApiKey(apiKey: ApiKey): void {
    this.#apiKey = apiKey;
  }

  /** Returns a promise only when the API key is one. */
  of(namespace: string | undefined, context: Metadata | undefined): CallMetadata | Promise<CallMetadata> {
    const key = typeof this.#apiKey === "function" ? this.#apiKey() : this.#apiKey;
    if (typeof key === "object") return key.then((resolved) => this.#compose(namespace, resolved, context));
    return this.#compose(namespace, key, context);
  }

  #compose(namespace: string | undefined, key: string | undefined, context: Metadata | undefined): CallMetadata {
    const slot = namespace ?? "";
    let known = this.#byNamespace.get(slot);
    if (known === undefined || known.key !== key) {
      const metadata: Metadata = { "client-name": CLIENT_NAME, "client-version": CLIENT_VERSION, ...this.#static };
      if (namespace !== undefined && namespace !== "") metadata["temporal-namespace"] ??= namespace;
      if (key !== undefined && key !== "") metadata["authorization"] = `Bearer ${key}`;
      if (this.#byNamespace.size >= NAMESPACES_MAX) this.#byNamespace.clear();
      this.#byNamespace.set(slot, (known = { key, metadata }));
    }
    return context === undefined ? known.metadata : { ...known.metadata, ...context };
  }
}
