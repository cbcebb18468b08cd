/**
 * The user's sources behind code that runs. Modules keep their lines, so that their file is the source; only scripts of
 * other bundlers have maps.
 */
import { existsSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import type { HostHooks } from "../inside/host-hooks.ts";
import type { WorkflowCode } from "../loader/workflow-code.ts";

export function sourcesOf(code: WorkflowCode): Pick<HostHooks, "mapFrame" | "readSource"> {
  const maps = new Map<string, SourceMap>();
  const files = new Set<string>();
  const texts = new Map<string, string>();
  for (const { file, sourceMap } of code.modules) {
    files.add(file);
    if (sourceMap === undefined) continue;
    const map = new SourceMap(JSON.parse(sourceMap));
    maps.set(file, map);
    const { sources, sourcesContent } = map.payload;
    for (const [index, source] of sources.entries()) texts.set(source, sourcesContent[index] ?? "");
  }
  return {
    mapFrame: maps.size === 0 ? undefined : (frame) => mapFrame(maps, frame),
    readSource: (path) =>
      texts.get(path) ?? (files.has(path) && existsSync(path) ? readFileSync(path, "utf8") : undefined),
  };
}

function mapFrame(maps: ReadonlyMap<string, SourceMap>, frame: string): string {
  return frame.replace(/([^\s()]+):(\d+):(\d+)/, (whole, file: string, line: string, column: string) => {
    const found = maps.get(file)?.findOrigin(Number(line), Number(column));
    return found !== undefined && "fileName" in found
      ? `${found.fileName}:${found.lineNumber}:${found.columnNumber}`
      : whole;
  });
}
