/** Where the code waits. Recording costs a microsecond for each command, so the worker turns it on. */
import type { RunState } from "./state.ts";

export interface StackTraceOptions {
  readonly isRecorded: boolean;
  /** From positions in the code that runs to positions in the user's sources. */
  mapLocation?: ((location: StackTraceFileLocation) => StackTraceFileLocation) | undefined;
  /** Whether a file is the SDK's rather than the user's; by default, by its path. */
  isInternal?: ((path: string) => boolean) | undefined;
  /** Text of a source file, when it is to be shown. */
  readSource?: ((path: string) => string | undefined) | undefined;
}

export interface StackTraceSDKInfo {
  name: string;
  version: string;
}

/** Part of a file, from a line. */
export interface StackTraceFileSlice {
  line_offset: number;
  content: string;
}

export interface StackTraceFileLocation {
  file_path?: string;
  line?: number;
  column?: number;
  function_name?: string;
  /** Of the SDK rather than of the user. */
  internal_code: boolean;
}

export interface StackTrace {
  locations: StackTraceFileLocation[];
}

/** Answer of the query `__enhanced_stack_trace`. */
export interface EnhancedStackTrace {
  sdk: StackTraceSDKInfo;
  sources: Record<string, StackTraceFileSlice[]>;
  stacks: StackTrace[];
}

/** An error made where the code waits; undefined when stacks are not recorded. */
export function recordSite(run: RunState): Error | undefined {
  return run.options.stackTraces?.isRecorded ? new Error("waits here") : undefined;
}

const RECORDING_IS_OFF = "Stack traces are not recorded by this host of workflow code.";

export function stackTraceText(run: RunState): string {
  if (!run.options.stackTraces?.isRecorded) return RECORDING_IS_OFF;
  return stacksOf(run)
    .map(({ locations }) =>
      locations
        .filter((location) => !location.internal_code)
        .map(frameText)
        .join("\n"),
    )
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

/** Each place once, in the order in which the code came there. */
function stacksOf(run: RunState): StackTrace[] {
  const sites = [
    ...[...run.allPending()].map(({ site }) => site),
    ...[...(run.conditions?.values() ?? [])].map(({ site }) => site),
  ];
  const stacks = new Map<string, StackTrace>();
  for (const site of sites) {
    if (site?.stack === undefined) continue;
    const locations = locationsOf(run, site.stack);
    if (locations.length > 0) stacks.set(JSON.stringify(locations), { locations });
  }
  return [...stacks.values()];
}

const FRAME = /^ +at (?:(?:async )?(?<name>[^(]+?) \()?(?<path>[^()]+?):(?<line>\d+):(?<column>\d+)\)?$/;
const LIBRARY = /[/\\]sdk[/\\](?:workflow|common)[/\\]|[/\\]node_modules[/\\]perdure[/\\]|^node:/;

function isLibrary(path: string): boolean {
  return LIBRARY.test(path);
}

function locationsOf(run: RunState, stack: string): StackTraceFileLocation[] {
  const { mapLocation: map, isInternal = isLibrary } = run.options.stackTraces ?? {};
  const locations: StackTraceFileLocation[] = [];
  for (const text of stack.split("\n")) {
    const groups = FRAME.exec(text)?.groups;
    if (groups === undefined) continue;
    const path = (groups["path"] as string).replace(/^async /, "");
    const location: StackTraceFileLocation = {
      file_path: path,
      line: Number(groups["line"]),
      column: Number(groups["column"]),
      ...(groups["name"] !== undefined && { function_name: groups["name"] }),
      internal_code: isInternal(path),
    };
    locations.push(map === undefined ? location : map(location));
  }
  return locations;
}

function frameText({ function_name: name, file_path: path, line, column }: StackTraceFileLocation): string {
  const position = `${path}:${line}:${column}`;
  return name === undefined ? `    at ${position}` : `    at ${name} (${position})`;
}
