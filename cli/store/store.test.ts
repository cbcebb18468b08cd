import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { startServer } from "../../server/index.ts";
import { migrateSqlite } from "../../server/store/index.ts";
import { DamagedStore } from "../../server/upkeep/damaged-store.fixture.ts";
import { Folders } from "../../server/upkeep/stored-runs.fixture.ts";
import { store } from "./store.ts";

const folders = new Folders();
afterAll(() => folders.remove());

/** A command in this process. */
async function command(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await store(args, {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    onStopSignal: () => {},
    exit: () => {},
  });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

/** The same, with a signal from the beginning. */
async function interrupted(...args: string[]) {
  const err: string[] = [];
  const exits: number[] = [];
  const code = await store(args, {
    out: () => {},
    err: (text) => err.push(text),
    onStopSignal(listener) {
      listener();
    },
    exit: (exitCode) => exits.push(exitCode),
  });
  return { code, err: err.join("\n"), exits };
}

function stored(): string {
  const folder = folders.stored();
  migrateSqlite(folder);
  return folder;
}

test.each([["migrate"], ["check"], ["copy"], ["backup"], ["restore"]])("%s has help of its own", async (name) => {
  const { code, out } = await command(name, "--help");
  expect([code, out.split("\n")[0]]).toEqual([0, expect.stringContaining(`Usage: perdure store ${name}`)]);
});

test.each([
  [[], 2, "", "Usage: perdure store COMMAND"],
  [["--help"], 0, "", "Usage: perdure store COMMAND"],
  [["burn"], 2, '"store burn" is no command of perdure: there are check, backup, restore, copy, migrate', ""],
  [["check", "--data", ""], 2, "--data wants a place, got nothing", ""],
  [["check", "--limit", "0"], 2, '--limit wants a number from 1 up, got "0"', ""],
  [["check", "--output", "xml"], 2, '--output wants one of text, json, got "xml"', ""],
  [["check", "--colour"], 2, "--colour", ""],
  [["copy", "--from", "x"], 2, "--to is missing", ""],
  [["backup"], 2, "--to is missing", ""],
  [["restore"], 2, "--from is missing", ""],
])("%j is answered with code %i", async (args, code, err, out) => {
  const said = await command(...args);
  expect(said.code).toBe(code);
  expect(said.err).toContain(err);
  expect(said.out).toContain(out);
});

test("a store that is not there is named, and not made", async () => {
  const folder = folders.fresh();
  for (const [args, sentence] of [
    [["check", "--data", folder], "there is no store at"],
    [["copy", "--from", folder, "--to", folders.fresh()], "there is no store at"],
    [["backup", "--data", folder, "--to", join(folders.fresh(), "b")], "there is no store at"],
    [["restore", "--from", folder, "--data", folders.fresh()], "there is no backup at"],
    [["migrate", "--data", folder], "there is no store in"],
  ] as const) {
    const { code, err, out } = await command(...args);
    expect({ code, out, lines: err.split("\n").length }).toEqual({ code: 3, out: "", lines: 1 });
    expect(err).toContain(sentence);
  }
  expect(existsSync(folder)).toBe(false);
});

test("a file that is no store is named", async () => {
  const folder = folders.fresh();
  mkdirSync(folder);
  const file = join(folder, "letter.txt");
  writeFileSync(file, "Dear reader, ".repeat(100));
  expect(await command("check", "--data", file)).toMatchObject({ code: 3, err: `${file} is no store of Perdure's` });
});

test("check says that all is well, or what is not", async () => {
  const folder = stored();
  expect(await command("check", "--data", folder)).toEqual({
    code: 0,
    out: "all is well: 14 runs with 57 events, 4 registry entries and 21 metering rows",
    err: "",
  });
  {
    using damaged = new DamagedStore(join(folder, "perdure.db"));
    damaged.flip("entity", "state", `key = ${damaged.key("timer")}`);
    damaged.run("DELETE FROM visibility WHERE key = ?", damaged.key("done"));
    damaged.run("DELETE FROM visibility WHERE key = ?", damaged.key("ended"));
  }
  const text = await command("check", "--data", folder, "--limit", "1");
  expect(text.code).toBe(1);
  expect(text.out.split("\n")).toEqual([
    expect.stringMatching(/^missing-visibility run .* of "done" in namespace "default": it is not in any list$/),
    expect.stringMatching(/^damaged-bytes {6}state of run .* of "timer" in namespace \d+: damaged: its checksum is/),
    "and 1 more: --limit shows more of each kind",
    "3 findings (missing-visibility 2, damaged-bytes 1) in 13 runs with 52 events, 4 registry entries and 21 metering rows",
  ]);
  const json = JSON.parse((await command("check", "--data", folder, "-o", "json")).out) as { findings: unknown[] };
  expect(json).toMatchObject({ counts: { "missing-visibility": 2, "damaged-bytes": 1 }, runs: 13 });
  expect(json.findings).toHaveLength(3);
});

test("a store of an older version is checked after it was migrated", async () => {
  const folder = folders.stored();
  expect(await command("check", "--data", folder)).toMatchObject({
    code: 3,
    err: expect.stringContaining("was written by an older Perdure (schema 2, this one works with"),
  });
  expect(await command("migrate", "--data", folder)).toMatchObject({
    code: 0,
    out: expect.stringContaining("went from schema 2 to "),
  });
  expect(await command("migrate", "--data", folder)).toMatchObject({
    code: 0,
    out: expect.stringContaining("already"),
  });
  expect(await command("check", "--data", folder)).toMatchObject({ code: 0 });
});

test("a backup is checked and restored, and neither is written over", async () => {
  const folder = stored();
  const [place, target] = [folders.fresh(), folders.fresh()];
  mkdirSync(place);
  const file = join(place, "monday.db");
  expect(await command("backup", "--data", folder, "--to", file)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^wrote .*monday\.db \([\d,]+ bytes\)$/),
  });
  expect(readdirSync(place)).toEqual(["monday.db"]);
  expect(await command("backup", "--data", folder, "--to", file)).toMatchObject({
    code: 3,
    err: expect.stringContaining("is there already"),
  });
  expect(await command("check", "--data", file)).toMatchObject({ code: 0 });
  expect(readdirSync(place)).toEqual(["monday.db"]);
  expect(await command("restore", "--from", file, "--data", target)).toMatchObject({ code: 0 });
  expect(readdirSync(target).sort()).toEqual(["perdure.db", "perdure.lock"]);
  expect(await command("restore", "--from", file, "--data", target)).toMatchObject({
    code: 3,
    err: expect.stringContaining("restore into an empty folder"),
  });
  expect(await command("check", "--data", target)).toMatchObject({ code: 0 });
});

test("a copy says what it moved, and passes no damage on", async () => {
  const folder = stored();
  const target = folders.fresh();
  const { code, out } = await command("copy", "--from", folder, "--to", target, "-o", "json");
  expect({ code, moved: JSON.parse(out) }).toEqual({
    code: 0,
    moved: { from: folder, to: target, runs: 14, runsBefore: 0, registryEntries: 4, meteringRows: 21 },
  });
  expect(await command("copy", "--from", folder, "--to", target)).toMatchObject({
    code: 3,
    err: expect.stringContaining("has data of its own"),
  });
  {
    using damaged = new DamagedStore(join(folder, "perdure.db"));
    damaged.flip("entity", "state", `key = ${damaged.key("timer")}`);
  }
  expect(await command("copy", "--from", folder, "--to", folders.fresh())).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^state of run .* is damaged: .*: "store check" tells all that is$/),
  });
});

test("a signal ends a command in good order", async () => {
  const folder = stored();
  const [place, target, restored] = [folders.fresh(), folders.fresh(), folders.fresh()];
  mkdirSync(place);
  const file = join(place, "b.db");
  expect(await interrupted("check", "--data", folder)).toEqual({
    code: 130,
    err: "interrupted: what was found until now is all that is known",
    exits: [],
  });
  expect(await interrupted("backup", "--data", folder, "--to", file)).toMatchObject({ code: 130 });
  expect(readdirSync(place)).toEqual([]);
  expect(await interrupted("copy", "--from", folder, "--to", target)).toMatchObject({
    code: 130,
    err: expect.stringContaining("the same command goes on where it was"),
  });
  await expect(startServer({ data: { kind: "sqlite", folder: target } })).rejects.toThrow(
    `data folder ${target} holds a copy that was not finished`,
  );
  expect(await command("copy", "--from", folder, "--to", target)).toMatchObject({ code: 0 });
  await command("backup", "--data", folder, "--to", file);
  expect(await interrupted("restore", "--from", file, "--data", restored)).toMatchObject({ code: 130 });
  expect(await command("restore", "--from", file, "--data", restored)).toMatchObject({ code: 0 });
});

test("beside a running server a store is checked and backed up, but neither copied nor migrated", async () => {
  const folder = stored();
  await using server = await startServer({ data: { kind: "sqlite", folder } });
  expect(server.port).toBeGreaterThan(0);
  const place = folders.fresh();
  mkdirSync(place);
  expect(await command("check", "--data", folder)).toMatchObject({ code: 0, err: "" });
  expect(await command("backup", "--data", folder, "--to", join(place, "b.db"))).toMatchObject({ code: 0 });
  for (const args of [
    ["copy", "--from", folder, "--to", folders.fresh()],
    ["migrate", "--data", folder],
    ["restore", "--from", join(place, "b.db"), "--data", folder],
  ])
    expect(await command(...args)).toMatchObject({
      code: 3,
      err: expect.stringContaining("is open in another server"),
    });
});
