/**
 * Turns a source file into the body of a function of `exports`, `require` and `module`.
 *
 * 1. Line n of the output comes from line n of the source: stack traces need no map.
 * 2. Bindings stay live: an import reads the exporter's property at each use, an exported variable is its property.
 * 3. Exported functions are exported before the first statement, so that modules may import each other in a circle.
 */
import { extname } from "node:path";
import { transform } from "sucrase";
import type { Transform } from "sucrase";
import type { ModuleKind } from "./module-resolution.ts";
import { WorkflowLoadError } from "./load-error.ts";

export interface FunctionBody {
  readonly code: string;
  readonly kind: ModuleKind;
}

const TYPESCRIPT: ReadonlySet<string> = new Set([".ts", ".mts", ".cts", ".tsx"]);

const ESM_SYNTAX =
  /^[ \t]*(?:import\s*(?:[\w{*"'$]|type\b)|export\s*(?:[{*]|(?:default|const|let|var|function|async|class|type|interface|enum|abstract|declare)\b))/m;

export function toFunctionBody(path: string, source: string, isModule: boolean): FunctionBody {
  const ending = extname(path);
  if (ending === ".json") return { code: `module.exports = ${jsonText(path, source)};`, kind: "commonjs" };
  const isTypeScript = TYPESCRIPT.has(ending);
  const isEsm = ending === ".mjs" || ending === ".mts" || (isModule && ending !== ".cjs") || ESM_SYNTAX.test(source);
  // An import() left as it is would be answered by the process around the sandbox.
  const importsLazily = /\bimport\s*(?:\(|\/[*/])/.test(source);
  const text = source.startsWith("#!") ? `//${source}` : source;
  if (!isTypeScript && !isEsm && !importsLazily) return { code: withoutEnvironment(text), kind: "commonjs" };
  if (isTypeScript) refuseNamespaces(path, source);
  const transforms: Transform[] = [];
  if (isTypeScript) transforms.push("typescript");
  if (ending === ".tsx" || ending === ".jsx") transforms.push("jsx");
  if (isEsm || isTypeScript || importsLazily) transforms.push("imports");
  const { code } = transformed(path, text, transforms);
  return { code: withoutImportMeta(withHoistedExports(source, code)), kind: isEsm ? "esm" : "commonjs" };
}

function transformed(path: string, text: string, transforms: Transform[]): { code: string } {
  try {
    return transform(text, { transforms, disableESTransforms: true, filePath: path, production: true });
  } catch (error) {
    throw new WorkflowLoadError(`Cannot read workflow code: ${(error as Error).message}`, { cause: error });
  }
}

function jsonText(path: string, source: string): string {
  try {
    JSON.parse(source);
  } catch (error) {
    throw new WorkflowLoadError(`${path} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  return source.trimEnd();
}

function refuseNamespaces(path: string, source: string): void {
  const found = /^[ \t]*(?:export\s+)?(?:namespace|module)\s+[\w.]+\s*\{/m.exec(source);
  if (found === null) return;
  const line = lineOf(source, found.index);
  throw new WorkflowLoadError(`${path}:${line}: TypeScript namespaces have no meaning at run time here: use a module`);
}

const EXPORTED_FUNCTION = /(?:^|[;}])[ \t]*export\s+(default\s+)?(?:async\s+)?function\s*\*?\s*([\w$]+)/gm;

function withHoistedExports(source: string, code: string): string {
  const hoisted: string[] = [];
  for (const [, isDefault, name] of source.matchAll(EXPORTED_FUNCTION)) {
    const assignment = `exports.${isDefault === undefined ? name : "default"} = ${name};`;
    if (code.includes(assignment)) hoisted.push(assignment);
  }
  if (hoisted.length === 0) return code;
  const marker = 'Object.defineProperty(exports, "__esModule", {value: true});';
  return code.replace(marker, () => `${marker} ${hoisted.join(" ")}`);
}

/** Only ES modules have it. Its contents differ from machine to machine: reading them fails with advice. */
function withoutImportMeta(code: string): string {
  return withoutEnvironment(code).replaceAll(/\bimport\.meta\b/g, "module.meta");
}

export function lineOf(text: string, index: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < index; at = text.indexOf("\n", at + 1)) line++;
  return line;
}

/** The one part of the environment that packages look at when they are loaded. */
function withoutEnvironment(code: string): string {
  return code.replaceAll(/\bprocess\.env\.NODE_ENV\b(?!\s*=[^=])/g, '"production"');
}
