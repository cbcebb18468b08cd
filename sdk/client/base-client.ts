import { hostname } from "node:os";
import type { DataConverter, LoadedDataConverter } from "../common/data-converter.ts";
import { isLoadedDataConverter, loadDataConverter } from "../common/host/loaded-data-converter.ts";
import { filterNullAndUndefined } from "../common/objects.ts";
import { Connection } from "../connection/index.ts";
import type { ConnectionLike, Metadata } from "./types.ts";

export interface BaseClientOptions {
  dataConverter?: DataConverter;
  /** Written to what the client does; default `pid@host`. */
  identity?: string;
  /** Default: a lazy connection to localhost. */
  connection?: ConnectionLike;
  /** Default `default`. */
  namespace?: string;
}

export type WithDefaults<Options extends BaseClientOptions> = Required<Omit<Options, "connection">> &
  Pick<Options, "connection">;

export type LoadedWithDefaults<Options extends BaseClientOptions> = WithDefaults<Options> & {
  loadedDataConverter: LoadedDataConverter;
};

export function defaultBaseClientOptions(): WithDefaults<BaseClientOptions> {
  return { dataConverter: {}, identity: `${process.pid}@${hostname()}`, namespace: "default" };
}

/** What all clients have: a connection and a data converter. */
export class BaseClient {
  readonly connection: ConnectionLike;
  readonly #dataConverter: LoadedDataConverter;

  protected constructor(options?: BaseClientOptions) {
    this.connection = options?.connection ?? Connection.lazy();
    const given = options?.dataConverter;
    this.#dataConverter = isLoadedDataConverter(given) ? given : loadDataConverter(given);
  }

  /** Calls made by `fn` fail with DEADLINE_EXCEEDED after the deadline. */
  withDeadline<R>(deadline: number | Date, fn: () => Promise<R>): Promise<R> {
    return this.connection.withDeadline(deadline, fn);
  }

  /** Calls made by `fn` fail with CANCELLED when the signal is aborted. */
  withAbortSignal<R>(abortSignal: AbortSignal, fn: () => Promise<R>): Promise<R> {
    return this.connection.withAbortSignal(abortSignal, fn);
  }

  /** Calls made by `fn` have this metadata too. */
  withMetadata<R>(metadata: Metadata, fn: () => Promise<R>): Promise<R> {
    return this.connection.withMetadata(metadata, fn);
  }

  protected get dataConverter(): LoadedDataConverter {
    return this.#dataConverter;
  }

  /** The options of a client, with what is not given. */
  protected optionsWithDefaults<O extends BaseClientOptions>(
    options: O | undefined,
    defaults: object = {},
  ): LoadedWithDefaults<O> {
    return {
      ...defaultBaseClientOptions(),
      ...defaults,
      ...filterNullAndUndefined(options ?? {}),
      loadedDataConverter: this.#dataConverter,
    } as unknown as LoadedWithDefaults<O>;
  }
}
