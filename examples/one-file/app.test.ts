import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";

const checkout = resolve(import.meta.dirname, "../..");
const source = readFileSync(join(import.meta.dirname, "app.ts"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "perdure-one-file-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * The file, which also says when it comes to wait, and waits for less. Workflow code goes on while its cause is being
 * written: only behind another activity, which begins when its cause is written, it is certain that the charge is.
 */
beforeAll(() => {
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(join(checkout, "packages/perdure"), join(folder, "node_modules/perdure"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const wait = 'await sleep("5 seconds");';
  expect(source.split(wait)).toHaveLength(2);
  writeFileSync(
    join(folder, "app.ts"),
    source
      .replace("async ship(", "async nothing(): Promise<void> {},\n  async ship(")
      .replace("{ charge, ship }", "{ charge, nothing, ship }")
      .replace(wait, 'await nothing();\n  console.log("waiting");\n  await sleep("1 second");'),
  );
});

/** A program that runs, and its lines as they come. */
function start() {
  const child = spawn(process.execPath, ["app.ts"], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "close");
  return { child, ended, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

test("killed while it waits, it goes on where it was: nobody is charged twice", async () => {
  const first = start();
  expect(await first.lines.next()).toEqual({ done: false, value: "charging for a book" });
  expect(await first.lines.next()).toEqual({ done: false, value: "waiting" });
  first.child.kill("SIGKILL");
  await first.ended;

  const second = start();
  const said: string[] = [];
  for await (const line of second.lines) said.push(line);
  // Workflow code runs again to where it was; activities that ended do not.
  expect(said).toEqual(["waiting", "shipping a book", "receipt of a book, parcel with a book"]);
  expect(await second.ended).toEqual([0, null]);
});

test("it is the first page of the README", () => {
  const readme = readFileSync(join(checkout, "README.md"), "utf8");
  expect(/```ts\n([^]*?)```/.exec(readme)?.[1]).toBe(source);
});
