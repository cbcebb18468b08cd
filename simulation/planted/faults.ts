/** Bugs to be planted in a copy of the server, one at a time: each must be found by some seed. */
export interface PlantedFault {
  readonly name: string;
  readonly file: string;
  readonly search: string;
  readonly replace: string;
  /** In a store that only `--stores` asks. */
  readonly isBesideMemory?: true;
}

const LANE = "server/history/kernel/lane.ts";
const DELIVERIES = "server/history/kernel/deliveries.ts";
const BATCH = "server/history/kernel/batch.ts";
const MESSAGES = "server/history/workflow/messages.ts";
const DUE = "server/history/workflow/due.ts";
const MACHINES = "server/history/workflow/machines";
const DECISIONS = "server/history/workflow/decisions";

export const PLANTED_FAULTS: readonly PlantedFault[] = [
  {
    name: "answers leave before their batch is durable",
    file: LANE,
    search: "if (sequence <= this.#committed) return error",
    replace: "if (sequence <= this.#committed + 9) return error",
  },
  {
    name: "hand-overs leave before their batch is durable",
    file: LANE,
    search: "    this.#open.add(tx);\n",
    replace: "    for (const fn of tx.afterCommits.splice(0)) fn();\n    this.#open.add(tx);\n",
  },
  {
    name: "an unknown commit is taken for written",
    file: LANE,
    search: "last >= sealed.request.batchNo ?",
    replace: "last >= 0 ?",
  },
  {
    name: "a fenced commit is taken for written",
    file: LANE,
    search: 'case "fenced":\n',
    replace: 'case "fenced":\n        this.#publish(sealed);\n        return;\n',
  },
  {
    name: "memory survives a failed commit",
    file: LANE,
    search: "    this.cache.clear();\n    this.#open = new OpenBatch",
    replace: "    this.#open = new OpenBatch",
  },
  {
    name: "a decision that throws is not rolled back",
    file: LANE,
    search: "        tx.rollback();\n        error",
    replace: "        error",
  },
  {
    name: "nothing is handed out again after a restart",
    file: LANE,
    search: "entity.kind.onRecover(tx, target);",
    replace: "",
  },
  {
    name: "messages between executions are not sent again after a restart",
    file: LANE,
    search: "for (const part of entity.parts.ofSort(OUTBOX_PREFIX).keys())",
    replace: "for (const part of [] as string[])",
  },
  {
    name: "entities are forgotten before their batch is durable",
    file: LANE,
    search: "if (entity.sequence > this.#committed || ",
    replace: "if (",
  },
  {
    name: "idle entities are never forgotten",
    file: LANE,
    search: "      this.cache.remove(entity);\n      evicted++;",
    replace: "      evicted++;",
  },
  {
    name: "messages between executions are tried once",
    file: DELIVERIES,
    search: "        this.#later(delivery, tries);\n      },",
    replace: "      },",
  },
  {
    name: "metering counts decisions that were not committed",
    file: BATCH,
    search: "if (known === undefined) this.#actions.set(key, { namespace, action, count });",
    replace:
      "if (known === undefined) this.#actions.set(key, { namespace, action, count: this.sequence % 97 === 0 ? count + 1 : count });",
  },
  {
    name: "a batch of more than one action loses its metering",
    file: BATCH,
    search: "if (this.#actions.size === 0) return undefined;",
    replace: "if (this.#actions.size !== 1) return undefined;",
  },
  {
    name: "visibility rows of a batch's creations alone are written",
    file: BATCH,
    search: ".filter(([entity]) => !entity.isDeleted)",
    replace: ".filter(([entity]) => !entity.isDeleted && entity.sequence % 11 !== 0)",
  },
  {
    name: "due times are not stored",
    file: BATCH,
    search: "else updates.push({ slot, id, state, dueAt });",
    replace: "else updates.push({ slot, id, state, dueAt: undefined });",
  },
  {
    name: "a signal from another workflow is recorded again when repeated",
    file: MESSAGES,
    search: "if (isKnownRequest(run, requestId)) return encodeReceipt(RECEIPT.done);",
    replace: "",
  },
  {
    name: "a child is started again when its start is repeated",
    file: MESSAGES,
    search: "if (current !== undefined && isStartedBy(current, message))",
    replace: 'if (current !== undefined && message.requestId === "")',
  },
  {
    name: "a signal is recorded again when its request is repeated",
    file: `${DECISIONS}/signal-workflow.ts`,
    search: "if (isKnownRequest(run, request.requestId)) return",
    replace: "if (run.runId === request.requestId) return",
  },
  {
    name: "a start is not recognised when it is repeated",
    file: `${DECISIONS}/start-workflow.ts`,
    search: "if (state.startRequestId === request.requestId) {",
    replace: "if (state.startRequestId === request.workflowId) {",
  },
  {
    name: "timers fire half a second early",
    file: `${MACHINES}/timer.ts`,
    search: "if (timer.firesAt <= run.now) due.push",
    replace: "if (timer.firesAt <= run.now + 500) due.push",
  },
  {
    name: "runs time out early",
    file: `${MACHINES}/run-timeouts.ts`,
    search: "state.runExpiresAt > now)",
    replace: "state.runExpiresAt > now + 300)",
  },
  {
    name: "the time-out of a started workflow task is not derived from the state",
    file: DUE,
    search: "memory = Math.min(memory, task.startedAt + task.timeoutMs);",
    replace: "memory = Math.min(memory, NEVER);",
  },
  {
    name: "waiting activities are not handed out again after a restart",
    file: DUE,
    search: "if (isActivityWaiting(activity)) dispatchActivity(run, activity);",
    replace: "void activity;",
  },
  {
    name: "the parent is not told of its child's end",
    file: `${MACHINES}/close.ts`,
    search: 'if (close.successorRunId === undefined && state.resetRunId === "") notifyParent(run, event);',
    replace: "if (close.successorRunId !== undefined) notifyParent(run, event);",
  },
  {
    name: "what is pending survives the close",
    file: `${MACHINES}/close.ts`,
    search: "for (const prefix of PENDING)",
    replace: "for (const prefix of PENDING.slice(1))",
  },
  {
    name: "the heartbeat's details are not kept",
    file: `${MACHINES}/activity.ts`,
    search: "    rawHeartbeatDetails: own(details),\n",
    replace: "",
  },
  {
    name: "an old attempt's token is good for the next one",
    file: `${DECISIONS}/answer-activity-task.ts`,
    search: "if (activity === undefined || activity.stamp !== token.stamp) throw notFound",
    replace: "if (activity === undefined) throw notFound",
  },
  {
    name: "a sticky task's history begins one event late",
    file: "server/history/workflow/workflow-task-response.ts",
    search: "isSticky ? state.previousStartedEventId + 1 : 1",
    replace: "isSticky ? state.previousStartedEventId + 2 : 1",
  },
  {
    name: "a query does not wait for a pending workflow task",
    file: `${DECISIONS}/query.ts`,
    search: "return state.workflowTask === undefined ? directRoute(run)",
    replace: "return state.workflowTask?.attempt !== 2 ? directRoute(run)",
  },
  {
    name: "a task whose poll was given up is lost",
    file: "server/frontend/task-poll.ts",
    search: "    putBack(frontend, poll, task);\n    return {};",
    replace: "      return {};",
  },
  {
    name: "a start is kept though its poll was given up meanwhile",
    file: "server/frontend/task-poll.ts",
    search: "if (!poll.call.cancelled) return hinted(frontend, poll, response, task);",
    replace: "return hinted(frontend, poll, response, task);",
  },
  {
    name: "a start is kept though its history could not be read",
    file: `${DECISIONS}/poll-workflow-task.ts`,
    search: "if (error instanceof StoreUnavailableError) await",
    replace: "if (env === undefined) await",
  },
  {
    name: "tasks in an answer that nobody reads are kept",
    file: "server/frontend/handlers/respond-workflow-task-completed.ts",
    search: "if (!call.cancelled) return completed;",
    replace: "return completed;",
  },
  {
    name: "a namespace is acknowledged before it is written",
    file: "server/frontend/namespaces/namespace-registry.ts",
    search: "await this.#write(",
    replace: "void this.#write(",
  },
  {
    name: "an acceptance is not stored beside its event",
    file: `${MACHINES}/update-answers.ts`,
    search: "run.view.setPart(partKey.update(updateId), { ...(reapplied",
    replace: "run.view.setPartInMemory(partKey.update(updateId), { ...(reapplied",
  },
  {
    name: "retries of activities come after half their backoff",
    file: `${MACHINES}/activity.ts`,
    search: "scheduledAt: run.now + retry.delayMs,",
    replace: "scheduledAt: run.now + retry.delayMs / 2,",
  },
  {
    name: "a sticky task waits for its worker for ever",
    file: DUE,
    search: "memory = Math.min(memory, task.stickyExpiresAt);",
    replace: "memory = Math.min(memory, NEVER);",
  },
  {
    name: "children are not told of their parent's end",
    file: `${MACHINES}/family.ts`,
    search: "    applyParentClosePolicy(run, child, { bySystemWorkflow });\n    run",
    replace: "    run",
  },
  {
    name: "a due entity whose load failed is forgotten",
    file: LANE,
    search: "        this.#due.again(entry);\n",
    replace: "",
  },
  {
    name: "a message whose redelivery failed is forgotten",
    file: DELIVERIES,
    search: "if (error instanceof StoreUnavailableError && isCurrent(delivery)) this.#later(delivery, tries);",
    replace: "if (error === undefined) this.#later(delivery, tries);",
  },
  {
    name: "a task that could not be started is lost",
    file: "server/frontend/task-poll.ts",
    search: "      putBack(frontend, poll, task);\n      throw error;",
    replace: "        throw error;",
  },
  {
    name: "a load that raced with an eviction is not repeated",
    file: LANE,
    search: "      if (watches.isStale(watch)) continue;\n      if (loaded",
    replace: "      if (loaded",
  },
  {
    name: "of the events behind a workflow task only a single one is written",
    file: "server/history/workflow/run.ts",
    search: "if (state.bufferedCount === 0) return false;",
    replace: "if (state.bufferedCount !== 1) return false;",
  },
  {
    name: "a run leaves memory with the start of an activity that is not stored",
    file: `${MACHINES}/activity.ts`,
    search: "return activity.startWriteAt !== 0;",
    replace: "return activity.startWriteAt < 0;",
  },
  {
    name: "a repeated start is metered again",
    file: `${DECISIONS}/start-workflow.ts`,
    search: "if (state.startRequestId === request.requestId) {",
    replace: 'if (state.startRequestId === request.requestId) {\n    current.action("start_workflow");',
  },
  {
    name: "timers beyond the first horizon are not looked for again",
    file: "server/history/kernel/due-scanner.ts",
    search: "void this.#scan(incarnation, reached, false);",
    replace: "void reached;",
  },
  {
    name: "what is closed goes before its retention is over",
    file: "server/worker/retention.ts",
    search: "const closedBefore = clock.now() - retentionMs;",
    replace: "const closedBefore = clock.now() - retentionMs * 0.2;",
  },
  {
    name: "what is closed never goes",
    file: "server/worker/retention.ts",
    search: "const closedBefore = clock.now() - retentionMs;",
    replace: "const closedBefore = clock.now() - retentionMs * 1e6;",
  },
  {
    name: "PostgreSQL: due times count as known while they are still asked for",
    file: "server/store/postgres/due-watch.ts",
    search: "known?.isAsked === false &&",
    replace: "known !== undefined &&",
    isBesideMemory: true,
  },
  {
    name: "PostgreSQL: history from a node on begins with the one before",
    file: "server/store/postgres/reader.ts",
    search: "AND node <= $2::int8), 0)",
    replace: "AND node < $2::int8), 0)",
    isBesideMemory: true,
  },
  {
    name: "PostgreSQL: a run that is deleted stays in lists",
    file: "server/store/postgres/batch-statement.ts",
    search: '...["entity", "part", "history", "visibility", "visibility_attribute"]',
    replace: '...["entity", "part", "history", "visibility_attribute"]',
    isBesideMemory: true,
  },
  {
    name: "SQLite: the history of a run that is deleted stays",
    file: "server/store/sqlite/batch-statements.ts",
    search: "    this.#deleteHistory.run(key);\n",
    replace: "",
    isBesideMemory: true,
  },
];
