/** `perdure replay`: histories against workflow code. */
import { resolve } from "node:path";
import { DefaultLogger, Runtime, WorkflowLoadError } from "../../sdk/worker/index.ts";
import { Replayer } from "../../sdk/worker/replay/replay.ts";
import { EXIT } from "../../server/command/index.ts";
import type { ProgramHost } from "../../server/command/index.ts";
import { refusingUsage } from "../refusing-usage.ts";
import { historiesOf } from "./histories.ts";
import { parseReplay, USAGE } from "./options.ts";
import type { ReplayOptions } from "./options.ts";
import { UnavailableError } from "./unavailable-error.ts";

/** What `--output json` prints one array of. */
interface Outcome {
  readonly source: string;
  readonly workflowId: string;
  readonly runId: string;
  /** What does not fit; absent when all does. */
  readonly error?: { readonly name: string; readonly message: string };
}

const EXIT_MISMATCH = 1;
const EXIT_UNAVAILABLE = 3;

export function replay(args: readonly string[], host: ProgramHost): Promise<number> {
  return refusingUsage(host, async () => {
    const options = parseReplay(args);
    if (options === "help") {
      host.out(USAGE);
      return EXIT.ok;
    }
    try {
      return await replayAll(options, host);
    } catch (error) {
      if (!(error instanceof UnavailableError || error instanceof WorkflowLoadError)) throw error;
      host.err(error.message);
      return EXIT_UNAVAILABLE;
    }
  });
}

async function replayAll({ code, output, histories }: ReplayOptions, host: ProgramHost): Promise<number> {
  // What workflow code logged it has logged long ago; what is said here is what does not fit.
  Runtime.instance({ logger: new DefaultLogger("ERROR") });
  const outcomes: Outcome[] = [];
  await using replayer = await Replayer.open({ workflowsPath: resolve(code) });
  for await (const { source, workflowId, history } of historiesOf(histories)) {
    const { error, ...run } = await replayer.replay(history, workflowId);
    const outcome: Outcome = {
      source,
      ...run,
      ...(error !== undefined && { error: { name: error.name, message: error.message } }),
    };
    outcomes.push(outcome);
    if (output === "text") host.out(textOf(outcome));
  }
  const failed = outcomes.filter(({ error }) => error !== undefined).length;
  if (output === "json") host.out(JSON.stringify(outcomes, undefined, 2));
  else {
    const misfits = failed === 1 ? "1 does not fit" : `${failed} do not fit`;
    host.out(`${outcomes.length} replayed, ${failed === 0 ? "all fit" : misfits}`);
  }
  return failed === 0 ? EXIT.ok : EXIT_MISMATCH;
}

function textOf({ source, workflowId, runId, error }: Outcome): string {
  const run = [workflowId, runId].filter((id) => id !== "").join(" ");
  const line = `${error === undefined ? "fits    " : "DIFFERS "} ${source} (${run})`;
  return error === undefined ? line : `${line}\n${error.message.replaceAll(/^/gm, "    ")}`;
}
