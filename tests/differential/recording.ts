/** The recorded form of a scenario: one readable JSON file per scenario under `recordings/`. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Plain } from "./wire-format.ts";

export interface RecordedEntry {
  note?: string;
  call: string;
  request: Plain;
  seconds?: number;
  reply?: Plain;
  /** `details` are those of `grpc-status-details-bin`; its message only where it is not the call's. */
  error?: { code: string; message: string; details?: Plain[]; statusMessage?: string };
  unanswered?: true;
}

export interface Recording {
  scenario: string;
  /** Name of the server settings that it was recorded with (`settings.ts`). */
  settings: string;
  recordedFrom: string;
  entries: RecordedEntry[];
}

const folder = path.join(import.meta.dirname, "recordings");

export function readRecording(scenario: string): Recording | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(scenario), "utf8")) as Recording;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

export function writeRecording(recording: Recording): void {
  const file = fileOf(recording.scenario);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${readable(recording, "")}\n`);
}

/** `section/what happens` is `recordings/section/what-happens.json`. */
function fileOf(scenario: string): string {
  const name = scenario.replaceAll(/[^a-zA-Z0-9/]+/g, "-").toLowerCase();
  return path.join(folder, `${name}.json`);
}

const lineWidthMax = 180;

/** JSON with one line for what fits on a line: a third of the lines that JSON.stringify takes. */
function readable(value: unknown, indent: string): string {
  const flat = onOneLine(value);
  if (flat.length + indent.length <= lineWidthMax || value === null || typeof value !== "object") return flat;
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    return `[\n${value.map((item) => inner + readable(item, inner)).join(",\n")}\n${indent}]`;
  }
  const fields = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{\n${fields.map(([key, item]) => `${inner}${JSON.stringify(key)}: ${readable(item, inner)}`).join(",\n")}\n${indent}}`;
}

function onOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(", ")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const fields = Object.entries(value).filter(([, item]) => item !== undefined);
  if (fields.length === 0) return "{}";
  return `{ ${fields.map(([key, item]) => `${JSON.stringify(key)}: ${onOneLine(item)}`).join(", ")} }`;
}
