import type * as calls from "./calls/index.ts";

type Calls = typeof calls;

let loaded: Calls | undefined;

/** The part of the client that knows the API's messages; loaded once, with the first call. */
export async function loadCalls(): Promise<Calls> {
  loaded ??= await import("./calls/index.ts");
  return loaded;
}
