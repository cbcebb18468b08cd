/**
 * The rollout of a model: a part of the traffic for days, and hourly a look at how it does.
 *
 * 1. It ends by itself: promoted when it did well for so many hours, rolled back as soon as it does not.
 * 2. An operator may decide at any time before that; whoever is first decides, and only once.
 * 3. An hour without metrics proves nothing: the canary takes an hour longer for it, up to twice its time.
 */
import {
  ActivityFailure,
  allHandlersFinished,
  ApplicationFailure,
  condition,
  defineQuery,
  defineUpdate,
  isCancellation,
  proxyActivities,
  setHandler,
} from "perdure/workflow";
import type { Activities } from "./activities.ts";
import { complaintAbout } from "./rollout.ts";
import type { Metrics, Override, Rollout, RolloutState, Verdict } from "./rollout.ts";

const HOUR_MS = 3_600_000;
const HOURS_PER_DAY = 24;
/** As many as a complaint may be about. */
const HOURS_KEPT = 3;

const { setTraffic, notify } = proxyActivities<Activities>({
  startToCloseTimeout: "2 seconds",
  retry: { initialInterval: "200 milliseconds", maximumInterval: "1 minute" },
});
/** Metrics of an hour are wanted within that hour or not at all. */
const { readMetrics } = proxyActivities<Activities>({
  startToCloseTimeout: "2 seconds",
  scheduleToCloseTimeout: "30 minutes",
  retry: { initialInterval: "1 minute" },
});

export const stateQuery = defineQuery<RolloutState>("state");
export const overrideUpdate = defineUpdate<RolloutState, [Override]>("override");

export async function rollOut({ service, model, canaryPercent, days }: Rollout): Promise<RolloutState> {
  let state: RolloutState = { phase: "canary", percent: 0, hoursSeen: 0, hoursMissed: 0 };
  let decided: { readonly verdict: Verdict; readonly because: string } | undefined;
  let latest: Metrics[] = [];
  setHandler(stateQuery, () => state);
  setHandler(
    overrideUpdate,
    async ({ verdict, operator, reason }) => {
      decided = { verdict, because: `${operator}: ${reason}` };
      await condition(() => state.phase !== "canary"); // The operator hears when the traffic has moved.
      return state;
    },
    { validator: (override) => assertDecidable(override, decided) },
  );

  async function move(percent: number): Promise<void> {
    await setTraffic(service, model, percent);
    state = { ...state, percent };
  }

  async function lookAt(hour: number): Promise<void> {
    try {
      latest = [...latest, await readMetrics(model, hour)].slice(-HOURS_KEPT);
      state = { ...state, hoursSeen: state.hoursSeen + 1 };
    } catch (error) {
      if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
      state = { ...state, hoursMissed: state.hoursMissed + 1 };
    }
  }

  /** What the numbers say, once they say something. */
  function judge(): typeof decided {
    const complaint = complaintAbout(latest);
    const hours = days * HOURS_PER_DAY;
    if (complaint !== undefined) return { verdict: "roll back", because: complaint };
    if (state.hoursSeen >= hours) return { verdict: "promote", because: `${hours} good hours` };
    if (state.hoursSeen + state.hoursMissed < 2 * hours) return undefined;
    return { verdict: "roll back", because: `${state.hoursMissed} hours without metrics` };
  }

  async function decision() {
    const startedAt = Date.now();
    for (let hour = 1; decided === undefined; hour++) {
      const dueMs = startedAt + hour * HOUR_MS - Date.now(); // From the start on, so that no lateness adds up.
      if (dueMs > 0 && (await condition(() => decided !== undefined, dueMs))) continue;
      await lookAt(hour);
      decided ??= judge();
    }
    return decided;
  }

  await move(canaryPercent);
  const { verdict, because } = await decision();
  await move(verdict === "promote" ? 100 : 0);
  await notify(service, `${model}: ${verdict}, ${because}`);
  state = { ...state, phase: verdict === "promote" ? "promoted" : "rolled back", because };
  await condition(allHandlersFinished);
  return state;
}

function assertDecidable({ operator, reason }: Override, decided: { because: string } | undefined): void {
  if (decided !== undefined) throw ApplicationFailure.nonRetryable(`it is decided: ${decided.because}`);
  if (operator === "" || reason === "") throw ApplicationFailure.nonRetryable("an override needs a name and a reason");
}
