/** Scripts that another bundler made: one module, with an inline source map perhaps. */
import { whyForbidden } from "./forbidden-modules.ts";
import { libraryByName } from "./library-modules.ts";
import type { CodeModule, Target } from "./workflow-code.ts";

/** A script whose remaining imports can only be the library's. */
export function scriptModule(script: { id: string; file: string; code: string }): CodeModule {
  const targets: Record<string, Target> = {};
  for (const [, , specifier] of script.code.matchAll(/\brequire\w*\(\s*(["'])([^"'\n]+)\1\s*\)/g)) {
    const name = specifier as string;
    const library = libraryByName(name);
    const problem = `${whyForbidden(name) ?? `Cannot find ${name}`} (imported by ${script.file})`;
    targets[name] = library === undefined ? { problem } : { library };
  }
  const inline = /^\/\/# sourceMappingURL=data:application\/json;base64,([A-Za-z0-9+/=]+)\s*$/m.exec(script.code)?.[1];
  const sourceMap = inline === undefined ? undefined : Buffer.from(inline, "base64").toString("utf8");
  return { ...script, targets, sourceMap };
}
