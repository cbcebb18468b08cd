/** Everything under one key against itself. What its bytes no longer tell is said once; what depends on them is left out. */
import type { CorruptionError } from "../../store/errors.ts";
import type { StoredEntity } from "../../store/bulk.ts";
import { WorkflowExecutionStatus } from "../../../api/gen/enums.js";
import type { NamespaceDirectory, HistoryEnv } from "../env.ts";
import { StoredState } from "../gen/messages.js";
import type { ChildPart, RunState } from "../gen/messages.js";
import { OUTBOX_PREFIX, slotOf } from "../kernel/index.ts";
import type { Entity, Kind } from "../kernel/index.ts";
import { decodeStored } from "../kernel/stored-entity.ts";
import { partPrefix } from "../workflow/parts.ts";
import { visibilityRow } from "../workflow/visibility-row.ts";
import { workflowKind, WORKFLOW_KIND_ID } from "../workflow/workflow-kind.ts";
import { checkHistory } from "./check-history.ts";
import type { Report } from "./check-history.ts";
import { checkParts } from "./check-parts.ts";
import { checkVisibility } from "./check-visibility.ts";
import type { Finding } from "./finding.ts";

type Row = NonNullable<StoredEntity["entity"]>;

export interface EntityCheckOptions {
  readonly namespaces: NamespaceDirectory;
  /** Ids from here on belong to nobody. */
  readonly nextId: number;
}

export interface CheckedEntity {
  readonly findings: readonly Finding[];
  /** As many as its state says. */
  readonly events: number;
}

/** A parent that waits for what a child will tell it. */
interface Awaited {
  readonly parent: string;
  readonly child: string;
}

/** To be given every entity of a store, in the order of their keys, and asked for the rest at the end. */
export class EntityCheck {
  readonly #options: EntityCheckOptions;
  readonly #kind: Kind<RunState>;
  /** Names of open runs by workflow: a later run of the same workflow makes them wrong. */
  readonly #open = new Map<string, string>();
  /** Workflows whose closed runs still have something to tell. */
  readonly #telling = new Set<string>();
  readonly #awaited = new Map<string, Awaited[]>();

  constructor(options: EntityCheckOptions) {
    this.#options = options;
    this.#kind = workflowKind(() => ({ namespaces: options.namespaces }) as HistoryEnv);
  }

  check(stored: StoredEntity): CheckedEntity {
    const findings: Finding[] = stored.damage.map(damaged);
    const affected = this.#nameOf(stored);
    const report: Report = (kind, problem) => findings.push({ kind, affected, problem });
    const { entity: row } = stored;
    // Of a damaged entity its bytes have been named: what hangs on it is not its own fault.
    if (row === undefined) {
      if (stored.damage.length === 0) report("missing-entity", `there are ${remains(stored)} of it, but no state`);
      return { findings, events: 0 };
    }
    this.#checkAddress(row, report);
    const entity = row.kind === WORKFLOW_KIND_ID ? this.#decode(stored, row, report) : undefined;
    if (entity !== undefined) this.#checkRun(stored, entity, affected, report);
    return { findings, events: entity === undefined ? 0 : entity.state.nextEventId - 1 };
  }

  /** What only all entities together tell: whether anybody is left who will tell a parent of its child's end. */
  finish(): Finding[] {
    return [...this.#awaited].flatMap(([child, parents]) => {
      if (this.#open.has(child) || this.#telling.has(child)) return [];
      return parents.map(({ parent, child: name }) => ({
        kind: "lost-child" as const,
        affected: parent,
        problem: `it waits for the end of its child ${name}, of which no run is open and none has anything to tell`,
      }));
    });
  }

  #checkAddress(row: Row, report: Report): void {
    const slot = slotOf(row.namespace, row.businessId);
    if (slot !== row.slot) report("wrong-slot", `it lies in slot ${row.slot}, requests look for it in slot ${slot}`);
    if (row.id >= this.#options.nextId)
      report("id-not-allocated", `its id ${row.id} would be given out again: the next one is ${this.#options.nextId}`);
    if (this.#options.namespaces.byNumber(row.namespace) === undefined)
      report("unknown-namespace", `its namespace ${row.namespace} is not registered`);
  }

  #decode(stored: StoredEntity, row: Row, report: Report): Entity<RunState> | undefined {
    try {
      const { partsInRows, parts: inline } = StoredState.decode(row.state);
      if (partsInRows ? inline.length > 0 : stored.parts.length > 0)
        report("misplaced-part", "it has parts both in its state and in rows of their own");
      // The kernel's own reader, so that what passes here loads there.
      return decodeStored({ ...row, parts: [] }, this.#kind as unknown as Kind) as unknown as Entity<RunState>;
    } catch (error) {
      report("unreadable-state", `its state cannot be read: ${(error as Error).message}`);
      return undefined;
    }
  }

  #checkRun(stored: StoredEntity, entity: Entity<RunState>, affected: string, report: Report): void {
    const { state } = entity;
    const namespace = this.#options.namespaces.byNumber(entity.identity.namespace);
    if (namespace !== undefined && state.namespaceId !== namespace.id)
      report("unknown-namespace", `its state names namespace ${state.namespaceId}, its key ${namespace.id}`);
    const arePartsWhole = this.#addParts(stored, entity, report);
    const isHistoryWhole = !stored.damage.some(({ what }) => what.startsWith("history "));
    const types = isHistoryWhole ? checkHistory(stored.history, state, report) : undefined;
    if (arePartsWhole) {
      checkParts(entity, types, { kindIds: new Set([WORKFLOW_KIND_ID]), report });
      this.#checkDue(stored.entity as Row, entity, report);
    }
    this.#checkCurrent(entity, affected, report);
    if (arePartsWhole) this.#noteFamily(entity, affected);
    const expected = visibilityRow({ namespaces: this.#options.namespaces }, entity.identity, state);
    if (stored.visibility !== undefined) checkVisibility(stored.visibility, expected, report);
    else if (!stored.damage.some(({ what }) => /^(visibility|memo|search attributes) /.test(what)))
      report("missing-visibility", "it is not in any list");
  }

  /** False when not all are there. */
  #addParts(stored: StoredEntity, entity: Entity<RunState>, report: Report): boolean {
    let areWhole = !stored.damage.some(({ what }) => what.startsWith("part "));
    for (const { part, blob } of stored.parts) {
      try {
        const loaded = decodeStored(
          { ...(stored.entity as Row), state: new Uint8Array(0), parts: [{ part, blob }] },
          this.#kind as unknown as Kind,
        );
        entity.parts.set(part, loaded.parts.get(part));
      } catch (error) {
        areWhole = false;
        report("unreadable-part", `part ${part} cannot be read: ${(error as Error).message}`);
      }
    }
    return areWhole;
  }

  /**
   * The stored time decides when a restarted server looks at the run again. It may be earlier than the state says where
   * that had things in memory that are stored nowhere: a message on its way, a speculative task, parts not yet written.
   */
  #checkDue(row: Row, entity: Entity<RunState>, report: Report): void {
    const expected = this.#kind.due(entity).stored;
    const found = row.dueAt;
    if (found === expected) return;
    const isEarlier = found !== undefined && (expected === undefined || found < expected);
    const mayBeEarlier =
      entity.parts.ofSort(OUTBOX_PREFIX).size > 0 ||
      (isRunning(entity.state) && (entity.state.workflowTask === undefined || entity.partsInRows));
    if (isEarlier && mayBeEarlier) return;
    report("due-time", `it is to be looked at ${at(found)}, its state says ${at(expected)}`);
  }

  /** The newest run of a workflow id is the current one; an older one that is open is reached by nobody. */
  #checkCurrent(entity: Entity<RunState>, affected: string, report: Report): void {
    const { namespace, kind, businessId } = entity.identity;
    const key = `${namespace}/${kind}/${businessId}`;
    const older = this.#open.get(key);
    if (older !== undefined) report("current-run", `it is the current run of its workflow id, but ${older} is open`);
    this.#open.delete(key);
    if (isRunning(entity.state)) this.#open.set(key, affected);
  }

  #noteFamily({ identity, parts }: Entity<RunState>, affected: string): void {
    const { namespace, kind, businessId } = identity;
    if (parts.ofSort(OUTBOX_PREFIX).size > 0) this.#telling.add(`${namespace}/${kind}/${businessId}`);
    for (const child of parts.ofSort<ChildPart>(partPrefix.child).values()) {
      if (child.runId === "") continue; // Its start is on its way.
      const key = `${child.namespaceNumber}/${kind}/${child.workflowId}`;
      const parents = this.#awaited.get(key);
      const awaited = { parent: affected, child: JSON.stringify(child.workflowId) };
      if (parents === undefined) this.#awaited.set(key, [awaited]);
      else parents.push(awaited);
    }
  }

  #nameOf({ key, entity, visibility }: StoredEntity): string {
    const row = entity ?? visibility;
    if (row === undefined) return `entity ${key.slot}/${key.id}`;
    const businessId = "workflowId" in row ? row.workflowId : row.businessId;
    const namespace = this.#options.namespaces.byNumber(row.namespace)?.name ?? row.namespace;
    return `run ${row.runId} of ${JSON.stringify(businessId)} in namespace ${JSON.stringify(namespace)}`;
  }
}

function damaged({ what, message }: CorruptionError): Finding {
  return { kind: "damaged-bytes", affected: what, problem: message.slice(what.length + " is ".length) };
}

function isRunning(state: RunState): boolean {
  return state.status === WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
}

function remains({ parts, history, visibility }: StoredEntity): string {
  const found = [
    ...(parts.length > 0 ? [`${parts.length} parts`] : []),
    ...(history.length > 0 ? [`${history.length} nodes of history`] : []),
    ...(visibility !== undefined ? ["an entry in lists"] : []),
  ];
  return found.join(", ");
}

function at(time: number | undefined): string {
  return time === undefined ? "never" : `at ${new Date(time).toISOString()}`;
}
