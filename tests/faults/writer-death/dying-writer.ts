/**
 * Preloaded into a server and its threads: the store's writer thread dies when the number in a file changes. How it dies
 * is in turn: by an error, before the record of a COMMIT is written, by ending, after the record is written.
 */
import { readFileSync } from "node:fs";
import { StatementSync } from "node:sqlite";
import { isMainThread, workerData } from "node:worker_threads";

const READ_MS = 5;
const file = process.env["PERDURE_WRITER_DEATHS_FILE"] ?? "";
const readNumber = (): number => Number(readFileSync(file, "utf8"));

const isWriter = !isMainThread && typeof (workerData as { walPagesMax?: number } | undefined)?.walPagesMax === "number";
if (isWriter) watch(readNumber());

function watch(begun: number): void {
  let way: "error" | "beforeRecord" | "end" | "afterRecord" | undefined;
  setInterval(() => {
    const number = readNumber();
    if (number === begun || way !== undefined) return;
    way = (["error", "beforeRecord", "end", "afterRecord"] as const)[number % 4];
    if (way === "error") throw new Error(`death ${number}`);
    if (way === "end") process.exit(1);
  }, READ_MS);
  const run = StatementSync.prototype.run as (...values: unknown[]) => ReturnType<StatementSync["run"]>;
  StatementSync.prototype.run = function (this: StatementSync, ...values: unknown[]) {
    const isCommit = this.sourceSQL === "COMMIT";
    if (isCommit && way === "beforeRecord") process.exit(1);
    const changes = run.apply(this, values);
    if (isCommit && way === "afterRecord") process.exit(1);
    return changes;
  } as StatementSync["run"];
}
