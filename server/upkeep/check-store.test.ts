import { afterAll, expect, test } from "vitest";
import { HistoryEvent } from "../../api/gen/messages.js";
import { FINDING_KINDS } from "../history/index.ts";
import type { Finding, FindingKind } from "../history/index.ts";
import { ActivityPart, ChildPart, MeteringRow, OutboxPart, TimerPart } from "../history/gen/messages.js";
import { NamespaceRecord } from "../frontend/gen/messages.js";
import { joinEvents, splitEvents } from "../history/workflow/event-log.ts";
import { migrateSqlite, readSqliteInBulk } from "../store/index.ts";
import { meteringSeed } from "../store/sqlite/checksum.ts";
import { checkStore } from "./check-store.ts";
import { DamagedStore } from "./damaged-store.fixture.ts";
import { databaseFileOf } from "./open-place.ts";
import { Folders, supervision } from "./stored-runs.fixture.ts";

const folders = new Folders();
afterAll(() => folders.remove());

async function findingsOf(folder: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  const reader = readSqliteInBulk(databaseFileOf(folder));
  const account = await checkStore(reader, { ...supervision(), found: (finding) => findings.push(finding) });
  await reader.close();
  expect(account.findings).toBe(findings.length);
  return findings;
}

function fresh(): string {
  const folder = folders.stored();
  migrateSqlite(folder);
  return folder;
}

const GARBAGE = Buffer.from("garbage that is no message");
const MINUTE = 60_000;

interface Plant {
  readonly what: string;
  readonly plant: (store: DamagedStore) => void;
  readonly kind: FindingKind;
  /** Parts of the sentence: who is affected, and how. */
  readonly affected: string;
  readonly problem: string;
}

/** The run of a workflow in the namespace `default`. */
function run(workflowId: string): string {
  return `of ${JSON.stringify(workflowId)} in namespace`;
}

function namespaceKey(store: DamagedStore, name: string): string {
  const keys = store.sql.prepare("SELECT key FROM meta WHERE key LIKE 'namespace/%'").all() as { key: string }[];
  const found = keys.find(({ key }) => NamespaceRecord.decode(store.metaOf(key)).name === name);
  return found?.key ?? "";
}

/** Changes the events of a node, each decoded. */
function rewrite(
  store: DamagedStore,
  key: number,
  change: (event: HistoryEvent, index: number) => Partial<HistoryEvent>,
) {
  const events = splitEvents(store.history(key, 1)).map((bytes, index) => {
    const event = HistoryEvent.decode(Uint8Array.from(bytes));
    return HistoryEvent.encode({ ...event, ...change(event, index) });
  });
  store.node(key, 1, joinEvents(events));
}

/** An index that does not follow a change of its table. */
function stale(store: DamagedStore, change: string): void {
  const row = store.row("sqlite_schema", "name = 'entity_due_at'");
  store.sql.enableDefensive?.(false);
  store.sql.exec(
    "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'entity_due_at'; PRAGMA writable_schema = RESET",
  );
  store.run(change);
  store.sql.exec("PRAGMA writable_schema = ON");
  store.run(
    "INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql) VALUES ('index', 'entity_due_at', 'entity', ?, ?)",
    row["rootpage"] as number,
    row["sql"] as string,
  );
  store.sql.exec("PRAGMA writable_schema = RESET");
}

const PLANTS: readonly Plant[] = [
  {
    what: "an index that is gone",
    plant: (store) => store.sql.exec("DROP INDEX entity_due_at"),
    kind: "database",
    affected: "perdure.db",
    problem: "index entity_due_at is missing",
  },
  {
    what: "an index that is another",
    plant: (store) => store.sql.exec("DROP INDEX entity_due_at; CREATE INDEX entity_due_at ON entity (due_at)"),
    kind: "database",
    affected: "perdure.db",
    problem: "index entity_due_at is not as this version makes it",
  },
  {
    what: "an index that did not follow its table",
    plant: (store) => stale(store, `UPDATE entity SET due_at = due_at + 1 WHERE key = ${store.key("timer")}`),
    kind: "database",
    affected: "perdure.db",
    problem: "entity_due_at",
  },
  {
    what: "a bit of a state",
    plant: (store) => store.flip("entity", "state", `key = ${store.key("timer")}`),
    kind: "damaged-bytes",
    affected: "state of run",
    problem: "its checksum is",
  },
  {
    what: "a bit of a run id",
    plant: (store) => store.flip("entity", "run_id", `key = ${store.key("timer")}`),
    kind: "damaged-bytes",
    affected: "ids of run",
    problem: "its columns give",
  },
  {
    what: "a bit of a part",
    plant: (store) => store.flip("part", "blob", `key = ${store.key("timers")} AND part = 't:t3'`),
    kind: "damaged-bytes",
    affected: 'part "t:t3" of run',
    problem: "its checksum is",
  },
  {
    what: "a bit of a history",
    plant: (store) => store.flip("history", "blob", `key = ${store.key("done")} AND node = 1`),
    kind: "damaged-bytes",
    affected: "history node 1 of run",
    problem: "its checksum is",
  },
  {
    what: "a column of a row of lists",
    plant: (store) => store.run("UPDATE visibility SET status = 3 WHERE key = ?", store.key("done")),
    kind: "damaged-bytes",
    affected: "visibility of run",
    problem: "its columns give",
  },
  {
    what: "a bit of a memo",
    plant: (store) => store.flip("visibility", "memo", `key = ${store.key("waiting")}`),
    kind: "damaged-bytes",
    affected: "memo of run",
    problem: "its checksum is",
  },
  {
    what: "a bit of search attributes",
    plant: (store) => store.flip("visibility", "search_attributes", `key = ${store.key("waiting")}`),
    kind: "damaged-bytes",
    affected: "search attributes of run",
    problem: "its checksum is",
  },
  {
    what: "a value of an attribute that is gone",
    plant: (store) => store.run("DELETE FROM visibility_attribute WHERE name = 'Customer'"),
    kind: "damaged-bytes",
    affected: "visibility of run",
    problem: "it says that it has 4 values of attributes, and has 3",
  },
  {
    what: "a value of an attribute in another scope",
    plant: (store) => store.run("UPDATE visibility_attribute SET scope = scope + 2 WHERE name = 'Customer'"),
    kind: "damaged-bytes",
    affected: "visibility of run",
    problem: "its attribute Customer is indexed in scope",
  },
  {
    what: "an attribute of no type",
    plant: (store) => store.run("UPDATE visibility_attribute SET type = 77 WHERE name = 'Customer'"),
    kind: "damaged-bytes",
    affected: "visibility of run",
    problem: "of type 77, which there is not",
  },
  {
    what: "a division that nobody gave",
    plant: (store) => store.run("UPDATE visibility SET division = 'x' WHERE key = ?", store.key("done")),
    kind: "damaged-bytes",
    affected: "visibility of run",
    problem: "it is listed in division x",
  },
  {
    what: "attributes of a row that is gone",
    plant: (store) => store.run("DELETE FROM visibility WHERE key = ?", store.key("waiting")),
    kind: "damaged-bytes",
    affected: "visibility of run",
    problem: "it has 4 values of attributes and no row",
  },
  {
    what: "a bit of a registry entry",
    plant: (store) => store.flip("meta", "blob", `key = '${namespaceKey(store, "second")}'`),
    kind: "damaged-bytes",
    affected: 'registry entry "namespace/',
    problem: "its checksum is",
  },
  {
    what: "a bit of a metering row",
    plant: (store) => store.flip("metering", "blob", "batch_no = 6"),
    kind: "damaged-bytes",
    affected: "metering of lane 0, epoch 1, batch 6",
    problem: "its checksum is",
  },
  {
    what: "an epoch that is missing",
    plant: (store) => store.run("INSERT INTO lane (lane, epoch, batch_no, next_id) VALUES (0, 3, 0, 1000)"),
    kind: "lane",
    affected: "epoch 3 of lane 0",
    problem: "it follows epoch 1",
  },
  {
    what: "an allocator that went back",
    plant: (store) => store.run("INSERT INTO lane (lane, epoch, batch_no, next_id) VALUES (0, 2, 0, 5)"),
    kind: "lane",
    affected: "epoch 2 of lane 0",
    problem: "its next id 5 is below",
  },
  {
    what: "an allocator that would give ids again",
    plant: (store) => store.run("UPDATE lane SET next_id = 3 WHERE lane = 0"),
    kind: "id-not-allocated",
    affected: run("timer"),
    problem: "would be given out again: the next one is 3",
  },
  {
    what: "a registry entry of no message",
    plant: (store) => store.meta(namespaceKey(store, "second"), GARBAGE),
    kind: "registry",
    affected: 'registry entry "namespace/',
    problem: "it cannot be read",
  },
  {
    what: "a namespace with another's number",
    plant(store) {
      const key = namespaceKey(store, "second");
      const { number } = NamespaceRecord.decode(store.metaOf(namespaceKey(store, "default")));
      store.meta(key, NamespaceRecord.encode({ ...NamespaceRecord.decode(store.metaOf(key)), number }));
    },
    kind: "registry",
    affected: 'registry entry "namespace/',
    problem: "is that of",
  },
  {
    what: "a namespace under another's key",
    plant: (store) => store.meta(namespaceKey(store, "second"), store.metaOf(namespaceKey(store, "default"))),
    kind: "registry",
    affected: 'registry entry "namespace/',
    problem: "it is the entry of another namespace",
  },
  {
    what: "a cluster id that is none",
    plant: (store) => store.meta("cluster/id", Buffer.from("me")),
    kind: "registry",
    affected: 'registry entry "cluster/id"',
    problem: "it is not a UUID",
  },
  {
    what: "the mark of a copy",
    plant: (store) => store.meta("copy/unfinished", Buffer.from("{}")),
    kind: "registry",
    affected: "copy/unfinished",
    problem: "a copy that was not finished",
  },
  {
    what: "a namespace that is gone",
    plant: (store) => store.run("DELETE FROM meta WHERE key = ?", namespaceKey(store, "second")),
    kind: "unknown-namespace",
    affected: run("elsewhere"),
    problem: "is not registered",
  },
  {
    what: "a state of another namespace",
    plant: (store) => store.edit(store.key("timer"), () => ({ namespaceId: "other" })),
    kind: "unknown-namespace",
    affected: run("timer"),
    problem: "its state names namespace other",
  },
  {
    what: "a metering row of a batch that never was",
    plant: (store) => store.run("UPDATE lane SET batch_no = 5 WHERE lane = 0"),
    kind: "metering",
    affected: "metering of lane 0, epoch 1, batch ",
    problem: "the last batch of this epoch has the number 5",
  },
  {
    what: "a metering row of no message",
    plant: (store) =>
      store.run("UPDATE metering SET blob = ? WHERE batch_no = 6", store.sealed(GARBAGE, meteringSeed(0, 1, 6))),
    kind: "metering",
    affected: "metering of lane 0, epoch 1, batch 6",
    problem: "it cannot be read",
  },
  {
    what: "a metering row that counts less than nothing",
    plant(store) {
      const row = MeteringRow.encode({ counts: [{ namespaceNumber: 1, action: "start_workflow", count: -2 }] });
      store.run("UPDATE metering SET blob = ? WHERE batch_no = 6", store.sealed(row, meteringSeed(0, 1, 6)));
    },
    kind: "metering",
    affected: "metering of lane 0, epoch 1, batch 6",
    problem: 'it counts -2 of "start_workflow"',
  },
  {
    what: "a state that is gone",
    plant: (store) => store.run("DELETE FROM entity WHERE key = ?", store.key("done")),
    kind: "missing-entity",
    affected: run("done"),
    problem: "nodes of history, an entry in lists of it, but no state",
  },
  {
    what: "a part of nobody",
    plant: (store) => store.part(4096 * 2 + 7, "t:x", TimerPart.encode({ timerId: "x" })),
    kind: "missing-entity",
    affected: "entity 7/2",
    problem: "there are 1 parts of it, but no state",
  },
  {
    what: "a run that no list shows",
    plant: (store) => store.run("DELETE FROM visibility WHERE key = ?", store.key("done")),
    kind: "missing-visibility",
    affected: run("done"),
    problem: "it is not in any list",
  },
  {
    what: "a run in the slot of another id",
    plant(store) {
      const key = store.key("done");
      store.run("UPDATE entity SET business_id = 'other' WHERE key = ?", key);
      store.checkIds(key);
    },
    kind: "wrong-slot",
    affected: run("other"),
    problem: "requests look for it in slot",
  },
  {
    what: "a state of no message",
    plant: (store) => store.state(store.key("done"), GARBAGE),
    kind: "unreadable-state",
    affected: run("done"),
    problem: "its state cannot be read",
  },
  {
    what: "a part of no message",
    plant: (store) => store.part(store.key("timers"), "t:t3", GARBAGE),
    kind: "unreadable-part",
    affected: run("timers"),
    problem: "part t:t3 cannot be read",
  },
  {
    what: "a part of no sort",
    plant: (store) => store.part(store.key("timers"), "?:x", Buffer.alloc(0)),
    kind: "unreadable-part",
    affected: run("timers"),
    problem: "of no known sort",
  },
  {
    what: "a part beside a state that has its own",
    plant: (store) =>
      store.part(store.key("timer"), "t:x", TimerPart.encode({ timerId: "x", startedEventId: 5, firesAt: 1 })),
    kind: "misplaced-part",
    affected: run("timer"),
    problem: "both in its state and in rows",
  },
  {
    what: "a history of no events",
    plant: (store) => store.node(store.key("done"), 1, GARBAGE),
    kind: "unreadable-history",
    affected: run("done"),
    problem: "node 1 of its history cannot be read",
  },
  {
    what: "a node from the middle of a history",
    plant: (store) => store.run("DELETE FROM history WHERE key = ? AND node = 3", store.key("parent")),
    kind: "history-gap",
    affected: run("parent"),
    problem: "its history lacks events 3 to 5",
  },
  {
    what: "the end of a history",
    plant: (store) =>
      store.run(
        "DELETE FROM history WHERE key = ?1 AND node = (SELECT max(node) FROM history WHERE key = ?1)",
        store.key("timer"),
      ),
    kind: "history-length",
    affected: run("timer"),
    problem: "with which the state goes on",
  },
  {
    what: "events that the state does not know",
    plant: (store) => store.edit(store.key("timer"), ({ nextEventId }) => ({ nextEventId: nextEventId - 1 })),
    kind: "history-length",
    affected: run("timer"),
    problem: "of which the state knows nothing",
  },
  {
    what: "a second branch of a history",
    plant: (store) => store.node(store.key("timer"), 2, store.history(store.key("timer"), 1)),
    kind: "history-branch",
    affected: run("timer"),
    problem: "node 2 of its history begins again before event 3",
  },
  {
    what: "events in another order",
    plant: (store) => rewrite(store, store.key("timer"), ({ eventId }) => ({ eventId: 3 - eventId })),
    kind: "history-ids",
    affected: run("timer"),
    problem: "node 1 of its history has event 2 where 1 belongs",
  },
  {
    what: "a length of history that is another",
    plant: (store) => store.edit(store.key("timer"), ({ historySize }) => ({ historySize: historySize + 1 })),
    kind: "history-size",
    affected: run("timer"),
    problem: "bytes of events, the state says",
  },
  {
    what: "a history that begins otherwise",
    plant: (store) => rewrite(store, store.key("timer"), (_, index) => (index === 0 ? { eventType: 5 } : {})),
    kind: "history-start",
    affected: run("timer"),
    problem: "its history begins with an event of type 5",
  },
  {
    what: "a closed run without its end",
    plant: (store) => store.edit(store.key("done"), () => ({ status: 3 })),
    kind: "history-end",
    affected: run("done"),
    problem: "its status is FAILED, its history ends with an event of type 2",
  },
  {
    what: "an open run with an end",
    plant: (store) => store.edit(store.key("done"), () => ({ status: 1 })),
    kind: "history-end",
    affected: run("done"),
    problem: "its status is RUNNING, its history has ended",
  },
  {
    what: "a timer of another event",
    plant: (store) =>
      store.edit(store.key("timer"), (_, parts) => {
        const timer = TimerPart.decode(parts.get("t:soon") as Uint8Array);
        parts.set("t:soon", TimerPart.encode({ ...timer, startedEventId: 1 }));
        return undefined;
      }),
    kind: "dangling-reference",
    affected: run("timer"),
    problem: "part t:soon names event 1",
  },
  {
    what: "an activity of an event to come",
    plant: (store) =>
      store.edit(store.key("activity"), (_, parts) => {
        const [key, blob] = [...parts].find(([part]) => part.startsWith("a:")) as [string, Uint8Array];
        parts.set(key, ActivityPart.encode({ ...ActivityPart.decode(blob), scheduledEventId: 99 }));
        return undefined;
      }),
    kind: "dangling-reference",
    affected: run("activity"),
    problem: "names event 99 as one of type 10, which does not exist",
  },
  {
    what: "a count of activities that are not there",
    plant: (store) => store.edit(store.key("activity"), () => ({ pendingActivityCount: 5 })),
    kind: "pending-count",
    affected: run("activity"),
    problem: "it has 1 pending activities, its state says 5",
  },
  {
    what: "a buffered event that is gone",
    plant: (store) =>
      store.edit(store.key("buffering"), (_, parts) => {
        parts.delete("b:2");
        return undefined;
      }),
    kind: "pending-count",
    affected: run("buffering"),
    problem: "it has 1 buffered events, its state says 2",
  },
  {
    what: "a child whose start is on no way",
    plant: (store) =>
      store.edit(store.key("parent"), (_, parts) => {
        const [key, blob] = [...parts].find(([part]) => part.startsWith("c:")) as [string, Uint8Array];
        parts.set(key, ChildPart.encode({ ...ChildPart.decode(blob), startedEventId: 0, runId: "" }));
        return undefined;
      }),
    kind: "outbox",
    affected: run("parent"),
    problem: "which is not on its way",
  },
  {
    what: "a message to nobody",
    plant: (store) =>
      store.edit(store.key("timer"), (_, parts) => {
        parts.set("o:1", OutboxPart.encode({ kind: 99, namespaceNumber: 1, businessId: "" }));
        return { outboxNextSeq: 1 };
      }),
    kind: "outbox",
    affected: run("timer"),
    problem: "goes to an entity of kind 99",
  },
  {
    what: "a child that is gone",
    plant(store) {
      const key = store.key("child");
      for (const table of ["entity", "visibility", "history"]) store.run(`DELETE FROM ${table} WHERE key = ?`, key);
    },
    kind: "lost-child",
    affected: run("parent"),
    problem: 'it waits for the end of its child "child"',
  },
  {
    what: "a timer that nobody wakes for",
    plant: (store) => store.run("UPDATE entity SET due_at = NULL WHERE key = ?", store.key("timer")),
    kind: "due-time",
    affected: run("timer"),
    problem: "it is to be looked at never, its state says at 20",
  },
  {
    what: "a waiting task that is found too late",
    plant: (store) => store.run(`UPDATE entity SET due_at = due_at + ${MINUTE} WHERE key = ?`, store.key("activity")),
    kind: "due-time",
    affected: run("activity"),
    problem: "its state says at 20",
  },
  {
    what: "a closed run that is looked at",
    plant: (store) => store.run("UPDATE entity SET due_at = 5 WHERE key = ?", store.key("done")),
    kind: "due-time",
    affected: run("done"),
    problem: "it is to be looked at at 1970-01-01T00:00:00.005Z, its state says never",
  },
  {
    what: "a row of lists that says something else",
    plant(store) {
      const key = store.key("timer");
      store.run("UPDATE visibility SET task_queue = 'elsewhere' WHERE key = ?", key);
      store.checkVisibility(key);
    },
    kind: "visibility",
    affected: run("timer"),
    problem: 'List shows task queue "elsewhere", its state says "timer"',
  },
  {
    what: "a value of an attribute that is another",
    plant: (store) => store.run("UPDATE visibility_attribute SET value = 'bob' WHERE name = 'Customer'"),
    kind: "visibility",
    affected: run("waiting"),
    problem: "queries find its search attribute Customer under a value that it does not have",
  },
  {
    what: "an older run that is open",
    plant: (store) => store.edit(store.key("chain", 0), () => ({ status: 1 })),
    kind: "current-run",
    affected: run("chain"),
    problem: "is open",
  },
];

test("a store that its server has left has nothing to complain of", async () => {
  expect(await findingsOf(fresh())).toEqual([]);
});

test.each(PLANTS)("$what is found", async ({ plant, kind, affected, problem }) => {
  const folder = fresh();
  {
    using store = new DamagedStore(databaseFileOf(folder));
    plant(store);
  }
  expect(await findingsOf(folder)).toContainEqual({
    kind,
    affected: expect.stringContaining(affected),
    problem: expect.stringContaining(problem),
  });
});

test("every kind of finding is planted", () => {
  expect(FINDING_KINDS.filter((kind) => !PLANTS.some((plant) => plant.kind === kind))).toEqual([]);
});

test("damage hides no other damage", async () => {
  const folder = fresh();
  {
    using store = new DamagedStore(databaseFileOf(folder));
    store.flip("entity", "state", `key = ${store.key("timer")}`);
    store.run("DELETE FROM visibility WHERE key = ?", store.key("done"));
    store.flip("metering", "blob", "batch_no = 6");
  }
  const kinds = (await findingsOf(folder)).map(({ kind }) => kind).sort();
  expect(kinds).toEqual(["damaged-bytes", "damaged-bytes", "missing-visibility"]);
});
