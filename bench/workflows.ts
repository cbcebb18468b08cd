/**
 * One-activity workflows against a server in a process of its own, with fsync; the load in another process.
 * `node bench/workflows.ts [--count N] [--inflight K] [--store memory|inline|thread] [--gzip]`
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: { count: { type: "string", default: "20000" }, warmup: { type: "string", default: "8000" }, inflight: { type: "string", default: "400" }, store: { type: "string", default: "thread" }, gzip: { type: "boolean", default: false }, prof: { type: "boolean", default: false } },
});

/** User and system time of all threads, in ms. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function rssMib(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

const folder = mkdtempSync(path.join(tmpdir(), "perdure-bench-"));
const here = import.meta.dirname;
const profile = values.prof ? ["--cpu-prof", `--cpu-prof-dir=${folder}-prof`] : [];
const server: ChildProcess = spawn(process.execPath, [...profile, path.join(here, "serve.ts"), values.store === "memory" ? "memory" : folder, values.store], { stdio: ["ignore", "pipe", "inherit"] });
const [port] = (await new Promise<string>((resolve) => server.stdout?.once("data", (data: Buffer) => resolve(data.toString())))).trim().split("\n");
const load = spawn(process.execPath, [path.join(here, "workflow-load.ts"), "--port", String(port), "--count", values.count, "--warmup", values.warmup, "--inflight", values.inflight, ...(values.gzip ? ["--gzip"] : [])], { stdio: ["pipe", "pipe", "inherit"] });
const pid = server.pid as number;
let cpuAtBegin = 0;
let loadCpuAtBegin = 0;
for await (const line of createInterface({ input: load.stdout })) {
  const message = JSON.parse(line) as { begin?: string; end?: string; count: number; seconds: number; p50: number; p99: number };
  if (message.begin !== undefined) {
    cpuAtBegin = cpuMs(pid);
    loadCpuAtBegin = cpuMs(load.pid as number);
    load.stdin.write("go\n");
    continue;
  }
  const { end, count, seconds, p50, p99 } = message;
  const cpu = (cpuMs(pid) - cpuAtBegin) / count;
  const loadCpu = (cpuMs(load.pid as number) - loadCpuAtBegin) / count;
  console.log(`${end}: ${Math.round(count / seconds)} workflows/s, server CPU ${cpu.toFixed(3)} ms each, load ${loadCpu.toFixed(3)} ms, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, RSS ${Math.round(rssMib(pid))} MiB`);
}
server.kill(values.prof ? "SIGINT" : "SIGTERM");
await new Promise((resolve) => server.once("exit", resolve));
rmSync(folder, { recursive: true, force: true });
