import { expect, test } from "vitest";
import { allSettings } from "./settings.ts";
import type { Setting } from "./setting.ts";

test("the page of keys is what the table says (vitest -u writes it)", async () => {
  await expect(page()).toMatchFileSnapshot("../../docs/reference/dynamic-config.md");
});

test("no key stands in the table twice, whatever its case", () => {
  const keys = allSettings.map(({ key }) => key.toLowerCase());
  expect(new Set(keys).size).toBe(keys.length);
});

test("every default is a value of its key's type", () => {
  for (const setting of allSettings) {
    const written = setting.kind === "duration" ? `${setting.default as number}ms` : setting.default;
    if (setting.kind !== "rates" && setting.kind !== "addresses")
      expect(setting.read(written)).toEqual(setting.default);
  }
});

const SCOPES = { server: "server", namespace: "namespace", taskQueue: "namespace, queue and type" } as const;

function page(): string {
  return `${HEAD}
| key | value | default | may differ by | what it does |
|---|---|---|---|---|
${allSettings.map(rowOf).join("\n")}
`;
}

function rowOf(setting: Setting<unknown>): string {
  const { key, kind, scope, text } = setting;
  return `| \`${key}\` | ${kind} | ${defaultOf(setting)} | ${SCOPES[scope]} | ${text} |`;
}

function defaultOf({ kind, default: value }: Setting<unknown>): string {
  if (kind === "rates" || kind === "addresses") return "none";
  return kind === "duration" ? durationText(value as number) : String(value);
}

function durationText(ms: number): string {
  if (ms % 3_600_000 === 0 && ms > 0) return `${ms / 3_600_000}h`;
  return ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`;
}

const HEAD = `# Dynamic configuration

Settings that take effect while the server runs. Their names are Temporal's where Temporal has them; those that only this
server has begin with \`perdure.\`. Written from \`server/dynamic-config/settings.ts\`; a test holds the two together.

\`\`\`
npm start -- --dynamic-config-value 'frontend.namespaceRPS=500' --dynamic-config ./config.yaml
\`\`\`

- \`--dynamic-config-value key=json\` may be repeated; the value holds everywhere.
- \`--dynamic-config FILE\` names a file in Temporal's form. It is read again within two seconds of a change, all of it or,
  when anything in it is wrong, nothing: then the old values stay and the log names the line.
- A flag wins over the file. Keys that this server does not have are named in one warning.

\`\`\`yaml
frontend.namespaceRPS:
  - value: 100
  - value: 1000
    constraints:
      namespace: "orders"
matching.longPollExpirationInterval:
  - value: "30s"
    constraints: { namespace: "orders", taskQueueName: "slow", taskType: "Workflow" }
\`\`\`

The value with the closest constraints counts: a queue before a namespace before none; of two alike, the first. A duration is
a text such as \`"90s"\` or \`"1h30m"\`, or a number of seconds. A rate of 0 is no limit: unlike Temporal, this server has no
rates unless they are set, because it sheds load by itself ([overload](../internals/overload.md)).
`;
