import { RequestIdPart } from "../gen/messages.js";
import { partKey } from "./parts.ts";
import { BUFFERED_EVENT_ID } from "./run.ts";
import type { Run } from "./run.ts";

/** True when the request has been done before. An empty id is never known. */
export function isKnownRequest(run: Run, requestId: string): boolean {
  return requestId !== "" && run.view.part(partKey.requestId(requestId)) !== undefined;
}

/** Remembers a request's id as long as the run is kept: the limit on signals bounds how many there are. */
export function rememberRequest(run: Run, request: { requestId: string; eventId: number; eventType: number }): void {
  const { requestId, eventId, eventType } = request;
  if (requestId === "") return;
  const part = { eventId: eventId === BUFFERED_EVENT_ID ? 0 : eventId, eventType, at: run.now };
  run.view.setPart(partKey.requestId(requestId), RequestIdPart.decode(RequestIdPart.encode(part)));
}
