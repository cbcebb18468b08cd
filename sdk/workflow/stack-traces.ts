/**
 * Where the code waits, and where it gave its commands. Recording costs some microseconds for each, so the worker does
 * it for a run only when somebody asks: it replays the run then.
 */
import { promiseStacks } from "./promise-sites.ts";
import { frameText, locationsOf, stackBelow } from "./stack-frames.ts";
import type { Site, StackTraceFileLocation } from "./stack-frames.ts";
import type { RunState } from "./state.ts";

export type { StackTraceFileLocation } from "./stack-frames.ts";

export interface StackTraceOptions {
  readonly isRecorded: boolean;
  /** From positions in the code that runs to positions in the user's sources. */
  mapLocation?: ((location: StackTraceFileLocation) => StackTraceFileLocation) | undefined;
  /** Whether a file is the SDK's rather than the user's; by default, by its path. */
  isInternal?: ((path: string) => boolean) | undefined;
  /** Text of a source file, when it is to be shown. */
  readSource?: ((path: string) => string | undefined) | undefined;
  /** Whether the code that executes is the run's; by default, all that executes while it is driven. */
  isOfRun?: (() => boolean) | undefined;
}

/** The SDK that made a stack trace. */
export interface StackTraceSDKInfo {
  name: string;
  version: string;
}

/** Part of a file, from a line. */
export interface StackTraceFileSlice {
  line_offset: number;
  content: string;
}

/** One place in which the workflow waits, innermost call first. */
export interface StackTrace {
  locations: StackTraceFileLocation[];
}

/** Answer of the query `__enhanced_stack_trace`. */
export interface EnhancedStackTrace {
  sdk: StackTraceSDKInfo;
  sources: Record<string, StackTraceFileSlice[]>;
  stacks: StackTrace[];
}

/** Where the code waits; undefined when stacks are not recorded. */
export function recordSite(run: RunState): Site | undefined {
  return run.options.stackTraces?.isRecorded ? stackBelow(recordSite) : undefined;
}

/** Where the code gives a command, innermost call first; undefined when stacks are not recorded, or only the library is there. */
export function commandSite(run: RunState): readonly string[] | undefined {
  if (!run.options.stackTraces?.isRecorded) return undefined;
  const places = locationsOf(run, stackBelow(commandSite).stack).filter(({ internal_code: isInternal }) => !isInternal);
  return places.length === 0 ? undefined : places.slice(0, COMMAND_SITE_FRAMES).map(frameText);
}

const COMMAND_SITE_FRAMES = 3;

const RECORDING_IS_OFF =
  "The stacks of this run are not recorded. They are when it is asked for them while no local activity of it runs.";

export function stackTraceText(run: RunState): string {
  if (!run.options.stackTraces?.isRecorded) return RECORDING_IS_OFF;
  return stacksOf(run)
    .map(({ locations }) =>
      locations
        .filter((location) => !location.internal_code)
        .map((location) => `    ${frameText(location)}`)
        .join("\n"),
    )
    .filter((text) => text !== "")
    .join("\n\n");
}

export function enhancedStackTrace(run: RunState, sdk: StackTraceSDKInfo): EnhancedStackTrace {
  const stacks = stacksOf(run);
  const sources: Record<string, StackTraceFileSlice[]> = {};
  const { readSource } = run.options.stackTraces ?? {};
  if (readSource !== undefined) {
    for (const { file_path: path } of stacks.flatMap(({ locations }) => locations)) {
      if (path === undefined || path in sources) continue;
      const content = readSource(path);
      if (content !== undefined) sources[path] = [{ line_offset: 0, content }];
    }
  }
  return { sdk, sources, stacks };
}

/** Each place once: what the library waits for, in the order in which the code came there, then promises of the code's own. */
function stacksOf(run: RunState): StackTrace[] {
  const sites = [
    ...[...run.allPending()].map(({ site }) => site),
    ...[...(run.conditions?.values() ?? [])].map(({ site }) => site),
  ];
  const stacks = new Map<string, StackTrace>();
  for (const site of sites) {
    if (site === undefined) continue;
    const locations = locationsOf(run, site.stack);
    if (locations.length > 0) stacks.set(JSON.stringify(locations), { locations });
  }
  const known = [...stacks.values()];
  return [...known, ...promiseStacks(run, known)];
}
