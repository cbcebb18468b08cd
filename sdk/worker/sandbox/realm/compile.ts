/** Compiles module bodies into functions of a realm. */
import { compileFunction } from "node:vm";
import type { Context } from "node:vm";
import { WorkflowLoadError } from "../loader/load-error.ts";
import type { CodeModule } from "../loader/workflow-code.ts";
import type { ModuleBody } from "../inside/modules.ts";

export function compileModule(module: CodeModule, parsingContext: Context): ModuleBody {
  try {
    return compileFunction(module.code, ["exports", "require", "module"], {
      filename: module.file,
      parsingContext,
    }) as unknown as ModuleBody;
  } catch (error) {
    throw new WorkflowLoadError(explain(module, error as Error), { cause: error });
  }
}

function explain(module: CodeModule, error: Error): string {
  const line = error.stack?.startsWith(module.file)
    ? error.stack.slice(module.file.length).match(/^:(\d+)/)?.[1]
    : undefined;
  const at = line === undefined ? module.file : `${module.file}:${line}`;
  if (/await is only valid|Unexpected reserved word/.test(error.message)) {
    return `${at}: workflow modules cannot use await outside of functions: move it into the workflow`;
  }
  return `${at}: ${error.message}`;
}
