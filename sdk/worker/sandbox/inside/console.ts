/** `console` of workflow code: lines of the workflow's log. */
import { log } from "../../../workflow/log.ts";
import { inWorkflowContext } from "../../../workflow/current-run.ts";
import { format } from "./builtins/util.ts";

type Level = "debug" | "info" | "warn" | "error";

const LEVELS: Readonly<Record<string, Level>> = {
  debug: "debug",
  log: "info",
  info: "info",
  dir: "info",
  table: "info",
  trace: "debug",
  warn: "warn",
  error: "error",
};

/** What measures or groups has nothing to do here. */
const SILENT = ["time", "timeEnd", "timeLog", "count", "countReset", "group", "groupCollapsed", "groupEnd", "clear"];

export function workflowConsole(): Readonly<Record<string, (...args: unknown[]) => void>> {
  const methods: Record<string, (...args: unknown[]) => void> = {
    assert: (isFine, ...args) => {
      if (!isFine) write("error", ["Assertion failed:", ...args]);
    },
  };
  for (const [name, level] of Object.entries(LEVELS)) methods[name] = (...args) => write(level, args);
  for (const name of SILENT) methods[name] = () => {};
  return methods;
}

/** Code that is evaluated outside of a run has no log. */
function write(level: Level, args: readonly unknown[]): void {
  if (inWorkflowContext()) log[level](format(...(args as [unknown, ...unknown[]])));
}
