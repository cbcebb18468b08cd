import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Connection } from "../sdk/client/index.ts";
import { Perdure } from "../packages/perdure/perdure.ts";
import { messageToJson } from "../api/json/to-json.ts";
import { startServer } from "../server/index.ts";
import { run } from "./run.ts";

const folder = mkdtempSync(join(tmpdir(), "perdure-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A command in this process: what it said, and its end. */
function command(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  let stop = (): void => {};
  let onServing = (): void => {};
  const serving = new Promise<void>((resolve) => (onServing = resolve));
  const code = run(args, {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    onServing: () => onServing(),
    onStopSignal: (listener) => (stop = listener),
    exit: () => {},
  });
  return { out, err, code, serving: Promise.race([serving, code]), stop: () => stop() };
}

async function ended(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const { out, err, code } = command(...args);
  return { code: await code, out: out.join("\n"), err: err.join("\n") };
}

function addressIn(line: string | undefined): string {
  return /serves on (\S+)/.exec(line ?? "")?.[1] ?? "";
}

test("help and version are answered", async () => {
  expect(await ended("--help")).toMatchObject({ code: 0, out: expect.stringContaining("perdure COMMAND") });
  expect(await ended("--version")).toMatchObject({ code: 0, out: expect.stringMatching(/^perdure \d+\.\d+\.\d+$/) });
  expect(await ended()).toMatchObject({ code: 2, out: expect.stringContaining("perdure COMMAND") });
});

test.each([["dev"], ["server start-dev"], ["test-server"], ["replay"]])("%s has help of its own", async (words) => {
  const { code, out } = await ended(...words.split(" "), "--help");
  expect([code, out.split("\n")[0]]).toEqual([0, expect.stringContaining(`Usage: perdure ${words}`)]);
});

test.each([
  [["begin"], '"begin" is no command of perdure: there are dev, server start-dev, test-server, store, replay'],
  [["server", "stop"], '"server stop" is no command of perdure: there are server start-dev'],
  [["server", "start-dev", "--colour"], "--colour"],
  [["server", "start-dev", "--ui-port", "x"], '--ui-port wants a number from 0 to 65535, got "x"'],
  [["server", "start-dev", "--dynamic-config-value", "x"], '--dynamic-config-value wants KEY=JSON, got "x"'],
  [["server", "start-dev", "--search-attribute", "A"], '--search-attribute wants NAME=TYPE, got "A"'],
  [["server", "start-dev", "--search-attribute", "A=Float"], "--search-attribute A wants one of the types Text,"],
  [["server", "start-dev", "--log-level", "loud"], "--log-level wants one of debug, info, warn, error, never"],
  [["server", "start-dev", "--db-filename", import.meta.filename], "is a file: choose another name"],
  [["server", "start-dev", "extra"], "extra"],
  [["test-server"], "test-server wants a port, got nothing: perdure test-server 7233"],
  [["test-server", "70000"], 'test-server wants a number from 0 to 65535, got "70000"'],
  [["test-server", "1", "2"], "test-server wants one port, got 1 2"],
  [["replay"], "replay wants the module of the workflows, got nothing"],
  [["replay", "code.ts"], "replay wants histories: name their files, or give a --query"],
  [["replay", "code.ts", "a.json", "--query", "x"], "--query and files of histories exclude each other"],
  [["replay", "code.ts", "--query", "x", "--limit", "0"], '--limit wants a number from 1 up, got "0"'],
])("%j is refused in one sentence", async (args, sentence) => {
  const { code, out, err } = await ended(...args);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain(sentence);
  expect(err).not.toContain("\n");
});

test("the development server takes every flag of Temporal's, and registers what it is told to", async () => {
  const unneeded = ["http-port=1", "ui-port=2", "metrics-port=3", "ui-ip=::1", "ui-asset-path=x", "ui-public-path=/"];
  const valued = [
    "ui-codec-endpoint=http://x",
    "sqlite-pragma=a=b",
    'dynamic-config-value=frontend.x="y"',
    "color=auto",
  ];
  const common = ["env=e", "env-file=f", "profile=p", "config-file=c", "output=json", "time-format=iso"];
  const rest = ["command-timeout=1s", "client-connect-timeout=1s", "log-format=pretty", "log-level=never", "headless"];
  const flags = [...unneeded, ...valued, ...common, ...rest, "log-config", "disable-config-file", "disable-config-env"];
  const names = ["-n", "shop", "--namespace", "billing", "--search-attribute", "Color=keyword"];
  const server = command("server", "start-dev", "-p", "0", ...names, ...flags.map((flag) => `--${flag}`));
  await server.serving;
  expect(server.err).toEqual([]);
  await using connection = await Connection.connect({ address: addressIn(server.out[0]) });
  for (const namespace of ["default", "shop", "billing"]) {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    expect(Object.keys(customAttributes)).toContain("Color");
  }
  server.stop();
  expect(await server.code).toBe(0);
});

test("an attribute that may not be registered is refused, and the server ends", async () => {
  const { code, err } = await ended("server", "start-dev", "-p", "0", "--search-attribute", "WorkflowId=Keyword");
  expect([code, err]).toEqual([2, "--search-attribute: Search attribute WorkflowId is reserved by system."]);
});

test.each([[["test-server", "0", "--enable-time-skipping"]], [["0"]]])("%j serves a clock", async (args) => {
  const server = command(...args);
  await server.serving;
  await using connection = await Connection.connect({ address: addressIn(server.out[0]) });
  const before = await connection.testService.getCurrentTime({});
  await connection.testService.unlockTimeSkippingWithSleep({ duration: { seconds: 86_400, nanos: 0 } });
  const after = await connection.testService.getCurrentTime({});
  const seconds = Number(after.time?.seconds) - Number(before.time?.seconds);
  expect(seconds).toBeGreaterThanOrEqual(86_400);
  server.stop();
  expect(await server.code).toBe(0);
});

const CODE = `
  import { sleep } from "perdure/workflow";
  export async function nap(): Promise<string> { await sleep("1ms"); return "rested"; }`;
const OTHER_CODE = `
  export async function nap(): Promise<string> { return "rested"; }`;

test("histories of files and of a server are replayed, and what does not fit is shown side by side", async () => {
  const [code, other] = ["code.ts", "other.ts"].map((name) => join(folder, name)) as [string, string];
  writeFileSync(code, CODE);
  writeFileSync(other, OTHER_CODE);
  await using perdure = await Perdure.open({ workflowsPath: code, data: { kind: "memory" } });
  await perdure.execute("nap", { workflowId: "a" });
  const execution = { workflowId: "a" };
  const request = { namespace: "default", execution };
  const { history } = await perdure.client.workflowService.getWorkflowExecutionHistory(request);
  const [binary, text] = ["a.bin", "a.json"].map((name) => join(folder, name)) as [string, string];
  writeFileSync(binary, history as Uint8Array);
  writeFileSync(text, JSON.stringify(messageToJson("temporal.api.history.v1.History", history as Uint8Array)));

  const fits = await ended("replay", code, binary, text);
  expect(fits).toMatchObject({ code: 0, err: "" });
  expect(fits.out).toMatch(/^fits +\S+a\.bin \(.*\)\nfits +\S+a\.json \(.*\)\n2 replayed, all fit$/);

  const live = ["--query", 'WorkflowId="a"', "--address", perdure.server.address];
  const differs = await ended("replay", other, ...live);
  expect(differs).toMatchObject({ code: 1, err: "" });
  expect(differs.out).toMatch(/^DIFFERS +default\/a .*\n(.*\n)*.*history: .*TimerStarted.*\n.*code: .*\n/);

  const json = await ended("replay", other, ...live, "--output", "json");
  const [outcome] = JSON.parse(json.out) as [Record<string, unknown>];
  expect([json.code, outcome]).toMatchObject([1, { source: "default/a", workflowId: "a", error: {} }]);
});

test("histories that cannot be had are another exit code than a difference", async () => {
  const code = join(folder, "good.ts");
  writeFileSync(code, CODE);
  const { code: exitCode, err } = await ended("replay", code, "nowhere.json");
  expect([exitCode, err]).toEqual([3, expect.stringContaining("nowhere.json cannot be read")]);
  await using server = await startServer();
  const live = await ended("replay", code, "--query", "", "--address", server.address, "--namespace", "none");
  expect([live.code, live.err]).toEqual([3, expect.stringMatching(/^histories of none at \S+ cannot be had: .*none/)]);
});

test("code that cannot be loaded is named", async () => {
  const { code, err } = await ended("replay", join(folder, "missing.ts"), "history.json");
  expect([code, err]).toEqual([3, expect.stringContaining("missing.ts")]);
});
