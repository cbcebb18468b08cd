import type { Input } from "../../../../api/codec.ts";
import type { Message } from "../../../../api/gen/messages.js";
import type { Run } from "../run.ts";

/** The updates that go out as messages with the task just started. */
export function attachUpdates(_run: Run): Input<Message>[] {
  return [];
}
