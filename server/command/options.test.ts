import { expect, test } from "vitest";
import { UsageError } from "./flags.ts";
import { parseCommand } from "./options.ts";

const defaults = {
  kind: "serve",
  port: 7233,
  ip: "127.0.0.1",
  data: { kind: "sqlite", folder: "./.perdure" },
  namespaces: ["default"],
  dynamicConfig: { values: {}, file: undefined },
  logLevel: "warn",
  logFormat: "text",
};

test.each([
  [[], {}],
  [["--port", "0"], { port: 0 }],
  [["--port=7300"], { port: 7300 }],
  [["--ip", "::1"], { ip: "::1" }],
  [["--data", "/data"], { data: { kind: "sqlite", folder: "/data" } }],
  [["--memory"], { data: { kind: "memory" } }],
  [["--store", "postgres://u@h/d"], { data: { kind: "postgres", url: "postgres://u@h/d" } }],
  [["--data", "postgres://u@h/d"], { data: { kind: "postgres", url: "postgres://u@h/d" } }],
  [["--store", "postgresql:///d?host=/run"], { data: { kind: "postgres", url: "postgresql:///d?host=/run" } }],
  [["--namespace", "a", "--namespace", "b", "--namespace", "a"], { namespaces: ["default", "a", "b"] }],
  [
    ["--dynamic-config-value", "frontend.rps=5", "--dynamic-config-value=x.y=[1]", "--dynamic-config", "a.yaml"],
    { dynamicConfig: { values: { "frontend.rps": 5, "x.y": [1] }, file: "a.yaml" } },
  ],
  [["--log-level", "DEBUG", "--log-format", "json"], { logLevel: "debug", logFormat: "json" }],
])("%j", (args, changed) => {
  expect(parseCommand(args)).toEqual({ ...defaults, ...changed });
});

test("--help and --version win over what stands beside them", () => {
  expect(parseCommand(["--port", "x", "--help"])).toEqual({ kind: "help" });
  expect(parseCommand(["-v"])).toEqual({ kind: "version" });
});

test.each([
  [["--port", "x"], '--port wants a number from 0 to 65535, got "x"'],
  [["--port", "65536"], '--port wants a number from 0 to 65535, got "65536"'],
  [["--port", "-1"], "--port"],
  [["--port"], "--port"],
  [["--ip", ""], "--ip wants an address to listen on, got nothing"],
  [["--data", ""], "--data wants a folder, got nothing"],
  [["--data", "x", "--memory"], "--memory and --data exclude each other: give one of them"],
  [["--data", "x", "--store", "postgres://u@h/d"], "--data and --store exclude each other: give one of them"],
  [["--memory", "--store", "postgres://u@h/d"], "--memory and --store exclude each other: give one of them"],
  [["--store", ""], "--store wants the address of a PostgreSQL database, as in postgres://user@host/database"],
  [["--store", "mysql://u@h/d"], "--store wants the address of a PostgreSQL database"],
  [["--store", "folder"], "--store wants the address of a PostgreSQL database"],
  [
    ["--data", "mysql://u@h/d"],
    "--data wants a folder, or the address of a PostgreSQL database, as in postgres://user@host/database",
  ],
  [["--store", "postgres://host"], "--store wants the address of a PostgreSQL database"],
  [["--memory=yes"], "--memory"],
  [["--namespace", ""], "--namespace wants a name, got nothing"],
  [["--namespace", "x".repeat(1001)], "--namespace got a name of 1001 bytes, the limit is 1000"],
  [["--dynamic-config", ""], "--dynamic-config wants a file, got nothing"],
  [["--dynamic-config-value", "frontend.rps"], '--dynamic-config-value wants KEY=JSON, got "frontend.rps"'],
  [["--dynamic-config-value", "frontend.rps=x"], "--dynamic-config-value frontend.rps wants a value in JSON, got x"],
  [["--log-level", "loud"], '--log-level wants one of debug, info, warn, error, got "loud"'],
  [["--log-format", "xml"], '--log-format wants one of text, json, got "xml"'],
  [["--colour"], "--colour"],
  [["start"], "start"],
])("%j is refused in one sentence that names it", (args, sentence) => {
  const refused = (): unknown => parseCommand(args);
  expect(refused).toThrow(UsageError);
  expect(refused).toThrow(sentence);
  expect(refused).not.toThrow(/\n/);
});
