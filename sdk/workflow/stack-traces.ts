/**
 * Where the code waits, and where it gave its commands. Recording costs a microsecond for each, so the worker does it for
 * a run only when somebody asks: it replays the run then.
 */
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

/** A call of a stack. */
export interface StackTraceFileLocation {
  file_path?: string;
  line?: number;
  column?: number;
  function_name?: string;
  /** Of the SDK rather than of the user. */
  internal_code: boolean;
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

/** An error made where the code waits; undefined when stacks are not recorded. */
export function recordSite(run: RunState): Error | undefined {
  return run.options.stackTraces?.isRecorded ? siteHere() : undefined;
}

/** Where the code gives a command, innermost call first; undefined when stacks are not recorded, or only the library is there. */
export function commandSite(run: RunState): readonly string[] | undefined {
  if (!run.options.stackTraces?.isRecorded) return undefined;
  const places = locationsOf(run, siteHere().stack ?? "").filter(({ internal_code: isInternal }) => !isInternal);
  return places.length === 0 ? undefined : places.slice(0, COMMAND_SITE_FRAMES).map(frameText);
}

/** Deep enough to come out of the library and of interceptors. */
const SITE_FRAMES = 40;
const COMMAND_SITE_FRAMES = 3;

function siteHere(): Error {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = SITE_FRAMES;
  const site = new Error("here");
  Error.stackTraceLimit = stackTraceLimit;
  return site;
}

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
const LIBRARY = /[/\\]node_modules[/\\]perdure[/\\]|^node:/;
const OWN_FILE = /[^\s(]*[/\\](?=workflow[/\\]stack-traces\.[jt]s:)/;

/** The first frame of a site is of this file: the library is what lies around it. */
function isLibraryOf(stack: string): (path: string) => boolean {
  const root = OWN_FILE.exec(stack)?.[0];
  return (path) => LIBRARY.test(path) || (root !== undefined && path.startsWith(root));
}

function locationsOf(run: RunState, stack: string): StackTraceFileLocation[] {
  const { mapLocation: map, isInternal = isLibraryOf(stack) } = run.options.stackTraces ?? {};
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
  return name === undefined ? `at ${position}` : `at ${name} (${position})`;
}
