/** A server in memory that counts what it commits, spoken to as the wire does: bytes in, bytes or a status out. */
import type { Codec } from "../../api/codec.ts";
import { Status } from "../../api/gen/messages.js";
import { seededRandom, silentLog } from "../../base/index.ts";
import { GrpcError } from "../../rpc/index.ts";
import type { ServerCall } from "../../rpc/index.ts";
import { grpcRoutes } from "../../server/frontend/index.ts";
import { startEngine } from "../../server/index.ts";
import { openMemoryStore } from "../../server/store/index.ts";
import type { Store } from "../../server/store/index.ts";
import { methodNamed } from "./refusal.ts";
import type { Fields } from "./refusal.ts";

export type Answer =
  | { readonly kind: "reply"; readonly reply: never }
  | { readonly kind: "refused"; readonly code: number; readonly message: string; readonly detail: string | undefined };

export interface CountedServer extends AsyncDisposable {
  ask(method: string, request: Fields): Promise<Answer>;
  /** Batches committed so far. */
  commits(): number;
}

export async function startCountedServer(): Promise<CountedServer> {
  let commits = 0;
  const store = openMemoryStore();
  const counting = new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== "function") return value;
      if (name === "commit") commits++;
      return value.bind(target) as unknown;
    },
  }) as Store;
  const random = seededRandom(1);
  const engine = await startEngine({ store: counting, random, namespaces: ["default", "other"] });
  const routes = grpcRoutes(engine.handlers, { log: silentLog, random });
  return {
    commits: () => commits,
    async ask(name, request) {
      const method = methodNamed(name);
      const bytes = (method.request as Codec<object>).encode(request);
      try {
        const reply = await routes.get(method.path)!(bytes, call());
        return { kind: "reply", reply: (method.response as Codec<object>).decode(reply) as never };
      } catch (error) {
        if (!(error instanceof GrpcError)) throw error;
        return { kind: "refused", code: error.code, message: error.message, detail: detailName(error) };
      }
    },
    async [Symbol.asyncDispose]() {
      await engine.stop();
      await store.close();
    },
  };
}

function call(): ServerCall {
  const metadata = {
    get: () => undefined,
    getAll: () => [],
    getBinary: () => undefined,
    entries: () => [][Symbol.iterator]() as never,
  };
  return {
    path: "",
    metadata,
    deadline: Date.now() + 3_000,
    peer: "test",
    cancelled: false,
    onCancel() {},
    setTrailer() {},
  };
}

function detailName(error: GrpcError): string | undefined {
  if (error.details === undefined) return undefined;
  const [detail] = Status.decode(error.details).details;
  return detail?.typeUrl.split(".").at(-1);
}
