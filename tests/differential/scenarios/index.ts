/** All scenarios, in the order of the reference's sections. */
import type { Scenario } from '../scenario.ts';
import { activities } from './activities.ts';
import { badCommands } from './bad-commands.ts';
import { startPolicies } from './start-policies.ts';
import { startValidation } from './start-validation.ts';
import { timersAndSignals } from './timers-and-signals.ts';
import { workflowTasks } from './workflow-tasks.ts';

export const scenarios: readonly Scenario[] = [
  ...startPolicies,
  ...startValidation,
  ...workflowTasks,
  ...activities,
  ...timersAndSignals,
  ...badCommands,
];
