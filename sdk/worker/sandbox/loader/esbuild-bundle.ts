/** Bundles made by esbuild, if the user has installed it: smaller, and without code that nothing uses. */
import { dirname, resolve } from "node:path";
import type { BuildOptions, Plugin } from "esbuild";
import { whyForbidden } from "./forbidden-modules.ts";
import { libraryByName } from "./library-modules.ts";
import { WorkflowLoadError } from "./load-error.ts";
import type { WorkflowCodePaths } from "./load-workflow-code.ts";
import type { CodeModule, WorkflowCode } from "./workflow-code.ts";
import { scriptModule } from "./script-module.ts";

const SCRIPT = "workflow-bundle.js";

export async function bundleWithEsbuild(paths: WorkflowCodePaths): Promise<WorkflowCode> {
  const esbuild = await import("esbuild").catch((error: unknown) => {
    throw new WorkflowLoadError('bundler: "esbuild" needs the package esbuild: npm install esbuild', { cause: error });
  });
  const parts = partsOf(paths);
  const result = await esbuild.build(buildOptions(paths, parts));
  const code = result.outputFiles?.[0]?.text ?? "";
  const script = scriptModule({ id: SCRIPT, file: SCRIPT, code });
  const glue = parts.map((_, index): CodeModule => ({
    id: `part-${index}`,
    file: `part-${index}`,
    code: `module.exports = require("${SCRIPT}").parts[${index}]();`,
    targets: { [SCRIPT]: { module: SCRIPT } },
  }));
  const idOf = (role: Part["role"]) => parts.flatMap((part, index) => (part.role === role ? [`part-${index}`] : []));
  return {
    modules: [script, ...glue],
    entry: idOf("entry")[0] as string,
    interceptors: idOf("interceptor"),
    payloadConverter: idOf("payloadConverter")[0],
    failureConverter: idOf("failureConverter")[0],
    preload: [],
  };
}

interface Part {
  readonly role: "entry" | "interceptor" | "payloadConverter" | "failureConverter";
  readonly specifier: string;
}

function partsOf(paths: WorkflowCodePaths): Part[] {
  const optional = (role: Part["role"], path: string | undefined) =>
    path === undefined ? [] : [{ role, specifier: path }];
  return [
    { role: "entry", specifier: resolve(paths.workflowsPath) },
    ...(paths.workflowInterceptorModules ?? []).map((specifier) => ({ role: "interceptor" as const, specifier })),
    ...optional("payloadConverter", paths.payloadConverterPath),
    ...optional("failureConverter", paths.failureConverterPath),
  ];
}

function buildOptions(paths: WorkflowCodePaths, parts: readonly Part[]): BuildOptions {
  const requires = parts.map(({ specifier }) => `() => require(${JSON.stringify(specifier)})`);
  return {
    stdin: {
      contents: `exports.parts = [${requires.join(", ")}];`,
      resolveDir: dirname(resolve(paths.workflowsPath)),
      loader: "js",
    },
    bundle: true,
    write: false,
    format: "cjs",
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2022",
    sourcemap: "inline",
    outfile: SCRIPT,
    logLevel: "silent",
    plugins: [borders(paths.ignoreModules ?? [])],
  };
}

/** Leaves the library to be required, and refuses what workflows may not import. */
function borders(ignoreModules: readonly string[]): Plugin {
  return {
    name: "perdure-workflow-borders",
    setup(build) {
      build.onResolve({ filter: /.*/ }, ({ path, importer }) => {
        if (ignoreModules.some((name) => path === name || path === `node:${name}`))
          return { path, namespace: "ignored" };
        if (libraryByName(path) !== undefined) return { path, external: true };
        const reason = whyForbidden(path);
        return reason === undefined ? undefined : { errors: [{ text: `${reason} (imported by ${importer})` }] };
      });
      build.onLoad({ filter: /.*/, namespace: "ignored" }, ({ path }) => ({
        contents: `const fail = () => { throw new Error(${JSON.stringify(`${path} is listed in ignoreModules, yet it is used`)}); };
          module.exports = new Proxy(fail, { get: (target, key) => key === "prototype" ? target[key] : typeof key === "symbol" || key === "__esModule" || key === "then" ? undefined : fail });`,
      }));
    },
  };
}
