import { invalidArgument } from "../../../api/errors.ts";
import { EventType } from "../../../api/gen/enums.js";
import { Link } from "../../../api/gen/messages.js";
import { frontendSettings } from "../../dynamic-config/index.ts";
import type { Frontend } from "../frontend.ts";
import { decodeOpaque } from "./opaque.ts";

/** Links that a request attaches to its event, still encoded. */
export function checkLinks(
  { config }: Frontend,
  { name: namespace }: { name: string },
  links: readonly Uint8Array[],
): void {
  if (links.length === 0) return;
  const place = { namespace };
  const linksMax = config.get(frontendSettings.linksMax, place);
  const linkBytesMax = config.get(frontendSettings.linkBytesMax, place);
  if (links.length > linksMax)
    throw invalidArgument(`cannot attach more than ${linksMax} links per request, got ${links.length}`);
  for (const encoded of links) {
    if (encoded.length > linkBytesMax)
      throw invalidArgument(`link exceeds allowed size of ${linkBytesMax}, got ${encoded.length}`);
    const fault = linkFault(decodeOpaque(Link, encoded));
    if (fault !== undefined) throw invalidArgument(fault);
  }
}

function linkFault(link: Link): string | undefined {
  if (link.workflowEvent !== undefined) return workflowEventFault(link.workflowEvent);
  if (link.batchJob !== undefined)
    return link.batchJob.jobId === "" ? "batch job link must not have an empty job ID" : undefined;
  if (link.workflow !== undefined) return fieldFault("workflow link", link.workflow);
  if (link.activity !== undefined || link.nexusOperation !== undefined) return undefined;
  return "unsupported link variant";
}

function workflowEventFault(event: NonNullable<Link["workflowEvent"]>): string | undefined {
  const fault = fieldFault("workflow event link", event);
  if (fault !== undefined) return fault;
  const unspecified = EventType.EVENT_TYPE_UNSPECIFIED;
  if (event.eventRef !== undefined && event.eventRef.eventType === unspecified && event.eventRef.eventId !== 0) {
    return "workflow event link ref cannot have an unspecified event type and a non-zero event ID";
  }
  return undefined;
}

function fieldFault(
  what: string,
  { namespace, workflowId, runId }: { namespace: string; workflowId: string; runId: string },
): string | undefined {
  if (namespace === "") return `${what} must not have an empty namespace field`;
  if (workflowId === "") return `${what} must not have an empty workflow ID field`;
  if (runId === "") return `${what} must not have an empty run ID field`;
  return undefined;
}
