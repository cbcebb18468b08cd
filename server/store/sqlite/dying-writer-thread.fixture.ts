/** The writer thread with a death planted in its COMMIT: `workerData.dies` says where, and after how many commits. */
import { StatementSync } from "node:sqlite";
import { workerData } from "node:worker_threads";

const { where, afterCommits } = (workerData as { dies: { where: "before" | "after"; afterCommits: number } }).dies;
let commits = 0;
const run = StatementSync.prototype.run as (...values: unknown[]) => ReturnType<StatementSync["run"]>;

StatementSync.prototype.run = function (this: StatementSync, ...values: unknown[]) {
  const isLast = this.sourceSQL === "COMMIT" && ++commits > afterCommits;
  if (isLast && where === "before") process.exit(3);
  const changes = run.apply(this, values);
  if (isLast) process.exit(3);
  return changes;
} as StatementSync["run"];

await import("./writer-thread.ts");
