/**
 * Six rollouts of a week in seconds: each skips its idle time, on a server whose data is on disk. `--kill`: the server
 * and the worker are killed on the way, first one, then both.
 */
import { Client, Connection } from "perdure/client";
import { runScript, until } from "../stage/account.ts";
import type { Account } from "../stage/account.ts";
import { crash } from "../stage/crash.ts";
import { freePorts, Program, serverProgram } from "../stage/program.ts";
import { skipTime } from "../stage/skip-time.ts";
import { openLedgers } from "./activities.ts";
import type { RolloutState } from "./rollout.ts";
import { overrideUpdate, rollOut } from "./workflows.ts";

const withCrash = process.argv.includes("--kill");
/** By service. */
const EXPECTED: Readonly<Record<string, { model: string; phase: RolloutState["phase"]; hoursSeen?: number }>> = {
  search: { model: "steady", phase: "promoted", hoursSeen: 168 },
  feed: { model: "moody", phase: "promoted", hoursSeen: 168 },
  ranking: { model: "patchy", phase: "promoted", hoursSeen: 168 },
  ads: { model: "leaking", phase: "rolled back", hoursSeen: 76 },
  speech: { model: "broken", phase: "rolled back", hoursSeen: 1 },
};
/** Skips no time, and is promoted by an operator in its first hour. */
const URGENT = "safety";
/** A week of hours and of retries; a server allows 200 unless it is asked for more. */
const SKIPS_MAX = 2_000;

await runScript("model-rollout", async (account, folder) => {
  const [port = 0] = await freePorts(1);
  const server = serverProgram({ port, folder });
  const worker = new Program({
    file: new URL("worker.ts", import.meta.url),
    args: [`127.0.0.1:${port}`, folder],
    log: `${folder}/worker.log`,
  });
  await server.start();
  await worker.start();

  const connection = await Connection.connect({ address: `127.0.0.1:${port}` });
  const client = new Client({ connection });
  const begin = (service: string, model: string) =>
    client.workflow.start(rollOut, {
      taskQueue: "rollouts",
      workflowId: service,
      args: [{ service, model, canaryPercent: 10, days: 7 }],
    });
  const urgent = await begin(URGENT, "steady");
  const handles = await Promise.all(Object.entries(EXPECTED).map(([service, { model }]) => begin(service, model)));
  await Promise.all(Object.keys(EXPECTED).map((service) => skipTime(connection, service, SKIPS_MAX)));
  account.say(`${handles.length + 1} models get 10 % of the traffic`);

  const hours = () => openLedgers(folder).metrics.entries().size;
  if (withCrash) {
    await until(() => hours() >= 60);
    await crash(account, { server }, `${hours()} hours have been looked at`);
    await until(() => hours() >= 250);
    await crash(account, { server, worker }, `${hours()} hours have been looked at`);
  }
  const override = { verdict: "promote", operator: "Grace", reason: "the old one gives bad advice" } as const;
  const overridden = await urgent.executeUpdate(overrideUpdate, { args: [override] });
  account.say(
    `${URGENT} is ${overridden.phase} by an operator: ${overridden.percent} % after ${overridden.hoursSeen} hours`,
  );

  const states = await Promise.all(handles.map((handle) => handle.result()));
  audit(account, states, openLedgers(folder));
  account.ask("Did the operator have their way?", overridden.percent === 100 ? [] : [overridden.phase]);
  return account.close("Every rollout ended exactly as it should.");
});

function audit(account: Account, states: readonly RolloutState[], ledgers: ReturnType<typeof openLedgers>): void {
  const services = Object.keys(EXPECTED);
  services.forEach((service, i) =>
    account.say(`${service} is ${states[i]?.phase} after ${states[i]?.hoursSeen} hours: ${states[i]?.because}`),
  );
  account.ask(
    "Did every rollout end as its numbers say, after as many hours?",
    services.filter((service, i) => {
      const { phase, hoursSeen } = EXPECTED[service] as { phase: string; hoursSeen: number };
      return states[i]?.phase !== phase || states[i]?.hoursSeen !== hoursSeen;
    }),
  );
  account.ask(
    "Was every hour looked at, and none beyond the last?",
    services.flatMap((service, i) => {
      const { model } = EXPECTED[service] as { model: string };
      const { hoursSeen = 0, hoursMissed = 0 } = states[i] ?? {};
      const looked = [...ledgers.metrics.entries().keys()].filter((key) => key.startsWith(`${model}/`)).length;
      return looked === hoursSeen + hoursMissed ? [] : [`${service}: ${looked} of ${hoursSeen + hoursMissed}`];
    }),
  );
  account.ask(
    "Did the traffic go from 10 % to all or nothing, and nowhere else?",
    services.filter((service, i) => {
      const told = [...ledgers.traffic.entries()].flatMap(([key, n]) => (key.startsWith(`${service}/`) ? [n] : []));
      return told.join() !== (states[i]?.phase === "promoted" ? "10,100" : "10,0");
    }),
  );
}
