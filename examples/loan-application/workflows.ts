/**
 * A loan application, which waits for a human.
 *
 * 1. One decision is made: a second one is rejected before it is written down.
 * 2. The reviewers are reminded every three days; after two weeks the application expires.
 * 3. Money is paid out after an approval only, and once.
 */
import {
  ApplicationFailure,
  condition,
  defineQuery,
  defineUpdate,
  proxyActivities,
  setHandler,
  upsertMemo,
} from "perdure/workflow";
import type { Activities } from "./activities.ts";
import type { Application, Decision, LoanState, Phase } from "./loan.ts";

const DAY_MS = 24 * 3600 * 1000;
const REMINDER_EVERY_MS = 3 * DAY_MS;
const EXPIRES_AFTER_MS = 14 * DAY_MS;

const { score, payOut, mail } = proxyActivities<Activities>({
  startToCloseTimeout: "2 seconds",
  retry: { initialInterval: "200 milliseconds", maximumInterval: "10 minutes" },
});

export const stateQuery = defineQuery<LoanState>("state");
export const decideUpdate = defineUpdate<LoanState, [Decision]>("decide");

export async function loanApplication(application: Application): Promise<LoanState> {
  const { id, applicant } = application;
  let state: LoanState = { application, phase: "scoring", remindersSent: 0 };

  setHandler(stateQuery, () => state);
  setHandler(decideUpdate, (decision) => (state = { ...state, decision }), {
    validator: (decision) => assertDecidable(state, decision),
  });

  function enter(phase: Phase): void {
    state = { ...state, phase };
    upsertMemo({ phase }); // Lists show it without asking each workflow.
  }

  async function close(phase: Phase, letter: string): Promise<LoanState> {
    await mail(`${id}/letter`, { to: applicant, text: letter });
    enter(phase);
    return state;
  }

  enter("scoring");
  state = { ...state, score: await score(application) };

  enter("waiting for review");
  await mail(`${id}/review`, { to: "reviewers", text: `Please decide on ${id}.` });
  const expiresAt = Date.now() + EXPIRES_AFTER_MS;
  while (!(await condition(() => state.decision !== undefined, Math.min(REMINDER_EVERY_MS, expiresAt - Date.now())))) {
    if (Date.now() >= expiresAt) return close("expired", "We could not decide in time. Please apply again.");
    const remindersSent = state.remindersSent + 1;
    await mail(`${id}/reminder-${remindersSent}`, { to: "reviewers", text: `${id} still waits for you.` });
    state = { ...state, remindersSent };
  }

  const { isApproved, reason } = state.decision as Decision;
  if (!isApproved) return close("declined", `We cannot lend you the money: ${reason}.`);
  enter("paying out");
  await payOut(application);
  return close("paid out", `You have been lent ${application.euros} €.`);
}

function assertDecidable({ application, phase, decision: made }: LoanState, decision: Decision): void {
  if (made !== undefined) throw refusal(`${made.reviewer} has decided already`);
  if (phase !== "waiting for review") throw refusal(`nothing to decide: ${phase}`);
  if (decision.reviewer === "") throw refusal("a decision needs a name");
  if (decision.reviewer === application.applicant) throw refusal("nobody decides on their own application");
  if (!decision.isApproved && decision.reason === "") throw refusal("a refusal needs a reason");
}

function refusal(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, "Refused");
}
