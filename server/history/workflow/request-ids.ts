import { RequestIdPart } from "../gen/messages.js";
import { partKey, partPrefix } from "./parts.ts";
import { BUFFERED_EVENT_ID } from "./run.ts";
import type { Run } from "./run.ts";

/** True when the request has been done before. An empty id is never known. */
export function isKnownRequest(run: Run, requestId: string): boolean {
  return requestId !== "" && run.view.part(partKey.requestId(requestId)) !== undefined;
}

/**
 * Remembers a request's id for as long as the run is open, up to a limit: then the oldest is forgotten, so that a run
 * of many signals costs what a run of few does. Parts keep their order of arrival.
 */
export function rememberRequest(run: Run, request: { requestId: string; eventId: number; eventType: number }): void {
  const { requestId, eventId, eventType } = request;
  if (requestId === "") return;
  const known: string[] = [];
  for (const [key] of run.view.partsOf(partPrefix.requestId)) known.push(key);
  if (known.length >= run.env.limits.requestIdsPerRunMax) run.view.deletePart(known[0] as string);
  const part = { eventId: eventId === BUFFERED_EVENT_ID ? 0 : eventId, eventType, at: run.now };
  run.view.setPart(partKey.requestId(requestId), RequestIdPart.decode(RequestIdPart.encode(part)));
}
