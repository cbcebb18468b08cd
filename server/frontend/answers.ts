import { Code, ServiceError } from "../../api/errors.ts";
import type { Store } from "../store/store.ts";
import type { Handlers } from "./grpc-routes.ts";

type Handler = (request: unknown, call: unknown) => Promise<unknown>;

/**
 * Answers leave while the store is this process's: a server that was paused for long does not know what another one has
 * written meanwhile. What it writes itself the store refuses; this is for what it reads and refuses from memory.
 */
export function answersWhileOurs(handlers: Handlers, store: Pick<Store, "isOurs">): Handlers {
  const guarded = Object.entries(handlers).map(([name, handler]) => [name, whileOurs(handler as Handler, store)]);
  return Object.fromEntries(guarded) as Handlers;
}

function whileOurs(handler: Handler, store: Pick<Store, "isOurs">): Handler {
  return (request, call) =>
    handler(request, call).then(
      (answer) => {
        const isOurs = store.isOurs();
        return isOurs === true ? answer : required(isOurs).then(() => answer);
      },
      (refusal: Error) => {
        const isOurs = store.isOurs();
        if (isOurs === true) throw refusal;
        return required(isOurs).then(() => Promise.reject(refusal));
      },
    );
}

async function required(isOurs: Promise<boolean>): Promise<void> {
  if (!(await isOurs)) throw new ServiceError(Code.UNAVAILABLE, "another server has taken over the store");
}
