/** All scenarios, in the order of the reference's sections. */
import type { Scenario } from "../scenario.ts";
import { activities } from "./activities.ts";
import { activityOperationFaults } from "./activity-operation-faults.ts";
import { activityOptions } from "./activity-options.ts";
import { activityPauses } from "./activity-pauses.ts";
import { activityResets } from "./activity-resets.ts";
import { workflowPauses } from "./workflow-pauses.ts";
import { badCommands } from "./bad-commands.ts";
import { callbackScenarios } from "./callbacks.ts";
import { children } from "./children.ts";
import { executionOptions } from "./execution-options.ts";
import { histories } from "./histories.ts";
import { interplay } from "./interplay.ts";
import { limits } from "./limits.ts";
import { limitsByKey } from "./limits-by-key.ts";
import { namespaceLifecycle } from "./namespace-lifecycle.ts";
import { namespaceStates } from "./namespace-states.ts";
import { prioritiesAndFairness } from "./priorities.ts";
import { queries } from "./queries.ts";
import { queueSettings } from "./queue-settings.ts";
import { resetPoints } from "./reset-points.ts";
import { resetReapply } from "./reset-reapply.ts";
import { resets } from "./resets.ts";
import { runs } from "./runs.ts";
import { reportedProblems } from "./reported-problems.ts";
import { services } from "./services.ts";
import { sizes } from "./sizes.ts";
import { startPolicies } from "./start-policies.ts";
import { startValidation } from "./start-validation.ts";
import { timersAndSignals } from "./timers-and-signals.ts";
import { updateWithStart } from "./update-with-start.ts";
import { updates } from "./updates.ts";
import { visibilityAttributes } from "./visibility-attributes.ts";
import { visibilityLists } from "./visibility-lists.ts";
import { visibilityOperators } from "./visibility-operators.ts";
import { visibilityRefusals } from "./visibility-refusals.ts";
import { workerHeartbeats } from "./worker-heartbeats.ts";
import { workerVersions } from "./worker-versions.ts";
import { workflowTasks } from "./workflow-tasks.ts";

export const scenarios: readonly Scenario[] = [
  ...histories,
  ...startPolicies,
  ...startValidation,
  ...workflowTasks,
  ...activities,
  ...timersAndSignals,
  ...updates,
  ...updateWithStart,
  ...queries,
  ...children,
  ...runs,
  ...resets,
  ...resetPoints,
  ...resetReapply,
  ...executionOptions,
  ...callbackScenarios,
  ...workflowPauses,
  ...activityOperationFaults,
  ...activityPauses,
  ...activityResets,
  ...activityOptions,
  ...badCommands,
  ...interplay,
  ...limits,
  ...limitsByKey,
  ...services,
  ...namespaceStates,
  ...namespaceLifecycle,
  ...reportedProblems,
  ...sizes,
  ...workerVersions,
  ...queueSettings,
  ...prioritiesAndFairness,
  ...visibilityRefusals,
  ...visibilityOperators,
  ...visibilityAttributes,
  ...visibilityLists,
  ...workerHeartbeats,
];
