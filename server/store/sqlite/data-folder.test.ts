import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { StoreOpenError } from "../errors.ts";
import { describeOpenFailure } from "./data-folder.ts";
import { openSqliteStore } from "./sqlite-store.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "perdure-folder-"));
});
afterEach(() => rmSync(root, { recursive: true }));

async function refusal(folder: string): Promise<string> {
  const error = await openSqliteStore({ folder, mode: "inline" }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(StoreOpenError);
  return (error as Error).message;
}

describe("a data folder", () => {
  test("is made when missing, with its parents", async () => {
    const folder = join(root, "a", "b");
    const store = await openSqliteStore({ folder, mode: "inline" });
    await store.close();
    expect(readdirSync(folder).sort()).toEqual(["perdure.db", "perdure.lock"]);
  });

  test("is refused to a second store of this process, which names it and its owner", async () => {
    const store = await openSqliteStore({ folder: root, mode: "inline" });
    expect(await refusal(root)).toBe(
      `data folder ${root} is open in another server (process ${process.pid}): stop that one or choose another data folder`,
    );
    await store.close();
    await (await openSqliteStore({ folder: root, mode: "inline" })).close();
  });

  test("is refused while another process has it, and free once that one was killed", async () => {
    const script = fileURLToPath(new URL("./hold-folder.fixture.ts", import.meta.url));
    const owner = spawn(process.execPath, [script, root], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      await once(owner.stdout, "data");
      expect(await refusal(root)).toContain(`is open in another server (process ${owner.pid})`);
    } finally {
      owner.kill("SIGKILL");
      await once(owner, "exit");
    }
    expect(existsSync(join(root, "perdure.pid"))).toBe(true);
    await (await openSqliteStore({ folder: root, mode: "inline" })).close();
  });

  test("that is a file is refused and left alone", async () => {
    const file = join(root, "file");
    writeFileSync(file, "precious");
    expect(await refusal(file)).toBe(`data folder ${file} is not a folder: choose another data folder`);
    expect(await refusal(join(file, "below"))).toContain("is not a folder");
  });

  test("with a perdure.db that is no database is refused and left alone", async () => {
    writeFileSync(join(root, "perdure.db"), "precious text that is no database ".repeat(200));
    expect(await refusal(root)).toContain("holds a perdure.db that is not Perdure's");
  });

  test("with another program's database is refused", async () => {
    const database = new DatabaseSync(join(root, "perdure.db"));
    database.exec("CREATE TABLE precious (x); PRAGMA user_version = 3");
    database.close();
    expect(await refusal(root)).toContain("holds a perdure.db that is not Perdure's");
  });

  test("from a newer version is refused and stays as it was", async () => {
    await (await openSqliteStore({ folder: root, mode: "inline" })).close();
    const database = new DatabaseSync(join(root, "perdure.db"));
    database.exec("PRAGMA user_version = 999");
    database.close();
    expect(await refusal(root)).toMatch(
      /was written by a newer Perdure \(schema 999, this one knows \d+\): start that version/,
    );
    const again = new DatabaseSync(join(root, "perdure.db"));
    expect(again.prepare("PRAGMA user_version").get()).toEqual({ user_version: 999 });
    again.close();
  });

  test("where perdure.db cannot be opened is refused", async () => {
    mkdirSync(join(root, "perdure.db"));
    expect(await refusal(root)).toContain("cannot be opened");
  });

  const REASONS = [
    { cause: { code: "EACCES" }, sentence: "is not writable" },
    { cause: { code: "EROFS" }, sentence: "is on a read-only file system" },
    { cause: { code: "ENOSPC" }, sentence: "is on a full disk" },
    { cause: { code: "EDQUOT" }, sentence: "is over its disk quota" },
    { cause: { errcode: 8 }, sentence: "is not writable" },
    { cause: { errcode: 8 | (4 << 8) }, sentence: "is not writable" },
    { cause: { errcode: 10 }, sentence: "cannot be read or written (I/O error)" },
    { cause: { errcode: 11 }, sentence: "holds a damaged perdure.db" },
    { cause: { errcode: 13 }, sentence: "is on a full disk" },
    { cause: { code: "EWEIRD", message: "odd" }, sentence: "cannot be opened (odd)" },
  ];
  test.each(REASONS)("that fails with $cause $sentence", ({ cause, sentence }) => {
    const error = describeOpenFailure("/data", cause);
    expect(error.message).toContain(`data folder /data ${sentence}`);
    expect(error.message).toContain("choose another data folder");
  });
});
