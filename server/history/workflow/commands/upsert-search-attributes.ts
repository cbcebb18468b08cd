import { EventType, WorkflowTaskFailedCause } from "../../../../api/gen/enums.js";
import { SearchAttributes } from "../../../../api/gen/messages.js";
import {
  checkSearchAttributes,
  InvalidSearchAttributesError,
  mergeSearchAttributes,
  typedSearchAttributes,
  typedUpsert,
} from "../../../visibility/index.ts";
import type { Namespace } from "../../env.ts";
import type { Limits } from "../../limits.ts";
import { bad, requireAttributes } from "./attributes.ts";
import { CommandError, TerminatingCommandError } from "./command.ts";
import type { CommandHandler } from "./command.ts";

const failedCause = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_BAD_SEARCH_ATTRIBUTES;

export const upsertSearchAttributes: CommandHandler = ({ run, namespace, completedEventId }, command) => {
  const checks = {
    command: "UpsertWorkflowSearchAttributesCommand",
    failedCause,
    idBytesMax: run.limits.idBytesMax,
  };
  const { searchAttributes } = requireAttributes(checks, command.upsertWorkflowSearchAttributesCommandAttributes);
  if (searchAttributes === undefined)
    throw bad(checks, "SearchAttributes is not set on UpsertWorkflowSearchAttributesCommand.");
  const upserted = SearchAttributes.decode(searchAttributes);
  if (Object.keys(upserted.indexedFields).length === 0)
    throw bad(checks, "IndexedFields is not set on UpsertWorkflowSearchAttributesCommand.");
  checkUpsert({ namespace, limits: run.limits }, upserted);
  const typed = typedUpsert(upserted, { typeOf: (name: string) => namespace.attributeType(name) });
  run.addEvent({
    eventType: EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
    upsertWorkflowSearchAttributesEventAttributes: {
      workflowTaskCompletedEventId: completedEventId,
      searchAttributes: SearchAttributes.encode(typed),
    },
    eventGroupMarkers: command.eventGroupMarkers,
  });
  run.state.rawSearchAttributes = SearchAttributes.encode(
    mergeSearchAttributes(SearchAttributes.decode(run.state.rawSearchAttributes), typed),
  );
  run.touchVisibility();
  run.action("upsert_workflow_search_attributes");
};

/** Of whose namespace the attributes are, and how many a run of this one may set. */
interface AttributesOwner {
  readonly namespace: Namespace;
  readonly limits: Limits;
}

/** Unlike at a start, values too large to keep end the run. */
function checkUpsert(owner: AttributesOwner, upserted: SearchAttributes): void {
  try {
    checkedSearchAttributes(owner, upserted);
  } catch (error) {
    if (!(error instanceof CommandError) || !error.message.includes("exceeds size limit")) throw error;
    throw new TerminatingCommandError(failedCause, error.reason);
  }
}

/** The attributes as they are kept, with their types; a bad one fails the workflow task. */
export function checkedSearchAttributes(
  { namespace, limits }: AttributesOwner,
  attributes: SearchAttributes,
): SearchAttributes {
  const registry = { typeOf: (name: string) => namespace.attributeType(name) };
  try {
    checkSearchAttributes(attributes, { namespace: namespace.name, registry, limits });
  } catch (error) {
    if (error instanceof InvalidSearchAttributesError) {
      throw new CommandError(failedCause, error.message);
    }
    throw error;
  }
  return typedSearchAttributes(attributes, registry);
}
