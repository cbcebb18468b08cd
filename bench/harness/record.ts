/** Prints a bench's figures and appends them as a row to `bench/results/NAME.json`. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import path from "node:path";

export type Figures = Readonly<Record<string, string | number | boolean>>;

const RESULTS = path.join(import.meta.dirname, "../results");

/** `bench` is the file's name without its ending; `row` says which of its rows this is. */
export function record(bench: string, row: string, figures: Figures): void {
  console.log(`${row}`);
  for (const [name, value] of Object.entries(figures)) console.log(`  ${name.padEnd(44)} ${String(value)}`);
  mkdirSync(RESULTS, { recursive: true });
  const file = path.join(RESULTS, `${bench}.json`);
  const rows = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as object[]) : [];
  const options = process.argv.slice(2);
  const command = ["npm run bench --", bench, ...options].join(" ");
  rows.push({ row, at: new Date().toISOString(), commit: commit(), machine: machine(), command, figures });
  writeFileSync(file, `[\n${rows.map((one) => JSON.stringify(one)).join(",\n")}\n]\n`);
}

function commit(): string {
  return execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8", cwd: RESULTS }).trim();
}

function machine(): string {
  const gib = Math.round(totalmem() / 2 ** 30);
  const load = loadavg()[0]?.toFixed(1);
  return `${availableParallelism()} × ${cpus()[0]?.model.trim()}, ${gib} GiB, Node ${process.versions.node}, load ${load}`;
}

/** The middle one; of an even count the lower of the two. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function round(value: number, digits = 3): number {
  return Number(value.toFixed(digits));
}
