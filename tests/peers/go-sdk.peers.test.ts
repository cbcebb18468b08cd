/** The official Go SDK, unmodified, against our server: the program of `go-sdk/` prints a table of shapes, judged here. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { goSdkShapes } from "../../tools/prepare/go-programs.ts";
import { ServerUnderTest } from "./server-under-test.ts";
import type { StoreKind } from "./server-under-test.ts";

const SHAPES_MIN = 95;
/** Half a minute on a machine with nothing else to do: clients that lost their server wait longer each time. */
const TIMEOUT_MS = 300_000;

interface Table {
  readonly shapes: readonly { readonly name: string; readonly passed: boolean; readonly error?: string }[];
  readonly eventTypes: Readonly<Record<string, number>>;
}

function failures({ shapes }: Table): Record<string, string | undefined> {
  return Object.fromEntries(shapes.filter(({ passed }) => !passed).map(({ name, error }) => [name, error]));
}

/** On PostgreSQL only the longest story is told with kills: the others differ in nothing that a store sees. */
const ROWS: readonly { readonly store: StoreKind; readonly kills: readonly string[]; readonly killsMin: number }[] = [
  { store: "sqlite", kills: ["--kills"], killsMin: 8 },
  { store: "postgres", kills: ["--kills", "--only", "journeys"], killsMin: 3 },
];

describe.each(ROWS)("on $store", ({ store, kills, killsMin }) => {
  let server: ServerUnderTest;

  beforeAll(async () => {
    server = await ServerUnderTest.start(store);
  });

  afterAll(() => server?.close());

  test("every shape of the official Go SDK runs", { timeout: TIMEOUT_MS }, async () => {
    const table = await runShapes(server, []);
    expect(failures(table)).toEqual({});
    expect(table.shapes.length).toBeGreaterThanOrEqual(SHAPES_MIN);
    expect(Object.keys(table.eventTypes).length).toBeGreaterThan(35);
    expect(server.complaints).toEqual([]);
  });

  test(
    "its workers and clients go on through servers that are killed under them",
    { timeout: TIMEOUT_MS },
    async () => {
      let count = 0;
      const table = await runShapes(server, kills, async () => {
        count++;
        await server.killAndStart();
      });
      expect(failures(table)).toEqual({});
      expect(table.shapes.length).toBeGreaterThan(0);
      expect(count).toBeGreaterThanOrEqual(killsMin);
      expect(server.complaints).toEqual([]);
    },
  );
});

/** `kill` is called when the program asks for it, and the program goes on when it is done. */
async function runShapes(
  server: ServerUnderTest,
  flags: readonly string[],
  kill?: () => Promise<void>,
): Promise<Table> {
  const args = ["--address", server.address, "--ours", ...flags];
  const child = spawn(goSdkShapes.path, args, { stdio: ["pipe", "pipe", "inherit"] });
  let last = "";
  for await (const line of createInterface({ input: child.stdout })) {
    last = line;
    if (line !== "KILL") continue;
    await kill?.();
    child.stdin.write("\n");
  }
  return JSON.parse(last) as Table;
}
