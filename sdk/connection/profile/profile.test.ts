/** Compared with `@temporalio/envconfig`, whose files and variables users already have. */
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import * as ours from "./index.ts";
import { parseToml } from "./toml.ts";

const official = createRequire(import.meta.url)("@temporalio/envconfig") as typeof ours;

const TOML = `
# two profiles
[profile.default]
address = "a:1" # the first
namespace = 'ns'
api_key = """
k\\u0041"""
[profile.default.tls]
disabled = false
client_cert_data = "cert"
client_key_data = '''key'''
server_name = "sn"
[profile.default.grpc_meta]
My_Key = "v"
x = ""
[profile."other one"]
address = "b:2"
unknown = 1
[profile.inline]
tls = { disabled = true, server_name = "x" }
grpc_meta.a = "b"
`;

const CASES: readonly ours.LoadClientProfileOptions[] = [
  { disableEnv: true },
  { disableEnv: true, profile: "other one" },
  { disableEnv: true, profile: "inline" },
  { overrideEnvVars: { TEMPORAL_PROFILE: "other one" } },
  { overrideEnvVars: { TEMPORAL_PROFILE: "other one" }, profile: "default" },
  { overrideEnvVars: { TEMPORAL_ADDRESS: "z:1", TEMPORAL_NAMESPACE: "n2", TEMPORAL_API_KEY: "k2" } },
  { overrideEnvVars: { TEMPORAL_TLS: "false" } },
  { overrideEnvVars: { TEMPORAL_TLS: "1", TEMPORAL_TLS_SERVER_NAME: "other" } },
  { overrideEnvVars: { TEMPORAL_TLS_CLIENT_CERT_DATA: "c", TEMPORAL_TLS_CLIENT_KEY_DATA: "k" } },
  { overrideEnvVars: { TEMPORAL_GRPC_META_FOO_BAR: "1", TEMPORAL_GRPC_META_MY_KEY: "2" } },
];

test.each(CASES)("a profile and its options are the official ones: %j", (options) => {
  const configSource = { data: TOML };
  const profile = ours.loadClientConfigProfile({ ...options, configSource });
  const theirs = official.loadClientConfigProfile({ ...options, configSource });
  expect(profile).toEqual(theirs);
  expect(ours.toClientOptions(profile)).toEqual(official.toClientOptions(theirs));
});

test.each<[string, ours.LoadClientProfileOptions, RegExp]>([
  ["an unknown profile", { profile: "zz" }, /Profile 'zz' not found/],
  ["an unknown profile in a variable", { overrideEnvVars: { TEMPORAL_PROFILE: "zz" } }, /Profile 'zz' not found/],
  ["an unknown key, if strict", { configFileStrict: true }, /profile\.other one: unknown/],
  ["no source at all", { configSource: undefined, disableFile: true, disableEnv: true }, /Cannot disable both/],
  ["path and data of one thing", { overrideEnvVars: { TEMPORAL_TLS_CLIENT_KEY_PATH: "/k" } }, /Cannot specify both/],
  [
    "a value of another type",
    { configSource: { data: "[profile.default]\naddress = 1" } },
    /profile\.default\.address must be a string/,
  ],
])("refuses %s", (_what, options, message) => {
  expect(() => ours.loadClientConfigProfile({ configSource: { data: TOML }, ...options })).toThrow(message);
});

test("without a file there is an empty profile, and variables fill it", () => {
  expect(ours.loadClientConfigProfile({ overrideEnvVars: { TEMPORAL_CONFIG_FILE: "/nowhere.toml" } })).toEqual({});
  const overrideEnvVars = { TEMPORAL_ADDRESS: "q:1" };
  expect(ours.loadClientConnectConfig({ disableFile: true, overrideEnvVars })).toEqual({
    connectionOptions: { address: "q:1" },
  });
});

test("profiles are written as the official package reads them", () => {
  const config = ours.loadClientConfigFromToml(TOML, { strict: false });
  const written = ours.clientConfigToToml(config);
  expect(official.loadClientConfigFromToml(written, { strict: true })).toEqual(config);
  expect(ours.loadClientConfigFromToml(written, { strict: true })).toEqual(config);
});

test.each([
  ["a =", /line 1, column 4: a value is expected/],
  ["[a\nb=1", /line 1, column 3: ']' is expected/],
  ['a = "x', /line 1, column 5: the string does not end/],
  ['a = "\\q"', /line 1, column 6: unknown escape/],
  ["a = 1 b = 2", /line 1, column 7: the line should end/],
  ["\na = 1\na = 2", /line 3, column 1: the key 'a' is defined twice/],
  ["[a]\n[b]\n[a]", /line 3, column 1: the table is defined twice/],
  ["a = 1\n[a.b]", /line 2, column 1: 'a' is a value/],
  ["a = [1]", /line 1, column 5: arrays are not supported/],
  ["a = 1979-05-27", /line 1, column 5: a value is expected/],
])("a mistake is shown where it is: %j", (text, message) => {
  expect(() => parseToml(text)).toThrow(message);
});
