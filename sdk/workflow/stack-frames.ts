/** Stacks as V8 takes them, and their frames as places in the user's sources. */
import type { RunState } from "./state.ts";

/** A call of a stack. */
export interface StackTraceFileLocation {
  file_path?: string;
  line?: number;
  column?: number;
  function_name?: string;
  /** Of the SDK rather than of the user. */
  internal_code: boolean;
}

/** A stack, which becomes text when it is read. */
export interface Site {
  readonly stack: string;
}

/** The stack of what called a function. */
export function stackBelow(callee: (...args: never[]) => unknown): Site {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = SITE_FRAMES;
  const site = {} as Site;
  Error.captureStackTrace(site, callee);
  Error.stackTraceLimit = stackTraceLimit;
  return site;
}

/** Deep enough to come out of the library and of interceptors. */
const SITE_FRAMES = 40;

/** Frames that have a place, innermost call first. */
export function locationsOf(run: RunState, stack: string): StackTraceFileLocation[] {
  const { mapLocation: map, isInternal = isOfLibrary } = run.options.stackTraces ?? {};
  const locations: StackTraceFileLocation[] = [];
  for (const text of framesOfRun(stack)) {
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

export function frameText({ function_name: name, file_path: path, line, column }: StackTraceFileLocation): string {
  const position = `${path}:${line}:${column}`;
  return name === undefined ? `at ${position}` : `at ${name} (${position})`;
}

/** Without what drives the run: below it the stack is the worker's. */
function framesOfRun(stack: string): string[] {
  const lines = stack.split("\n");
  const last = lines.findLastIndex((line) => DRIVER.test(line) && !line.startsWith("    at async "));
  return last === -1 ? lines : lines.slice(0, last + 1);
}

const FRAME = /^ +at (?:(?:async )?(?<name>[^(]+?) \()?(?<path>[^()]+?):(?<line>\d+):(?<column>\d+)\)?$/;
const LIBRARY = /[/\\]node_modules[/\\]perdure[/\\]|^node:/;
const DRIVER = /[/\\]workflow[/\\]run-driver\.[jt]s:/;
const OWN_FILE = /[^\s(]*[/\\](?=workflow[/\\]stack-frames\.[jt]s:)/;

/** This file is the library's: what lies around it is, too. */
function isOfLibrary(path: string): boolean {
  libraryRoot ??= withoutScheme(OWN_FILE.exec(new Error("here").stack ?? "")?.[0] ?? "");
  return LIBRARY.test(path) || (libraryRoot !== "" && withoutScheme(path).startsWith(libraryRoot));
}

let libraryRoot: string | undefined;

/** Modules of the process are named by URLs, those of a sandbox by paths. */
function withoutScheme(path: string): string {
  return path.replace(/^file:\/\//, "");
}
