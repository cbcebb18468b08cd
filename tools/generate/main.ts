/**
 * Writes the generated files from the protobuf definitions; with `--check`, says which of them are not as they would
 * be written and exits with 1.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { descriptorsDeclaration, descriptorsSource } from "./descriptors-source.ts";
import { enumsDeclaration, enumsSource } from "./enums-source.ts";
import { messagesDeclaration, messagesSource } from "./messages-source.ts";
import type { EnumModel, MessageModel, Model } from "./model.ts";
import { loadRoot, readModel } from "./reflection.ts";
import { servicesDeclaration, servicesSource } from "./services-source.ts";
import { apiTarget, ownTargets, type Target } from "./targets.ts";

type Files = Map<string, string>;

function apiFiles(): { files: Files; names: Map<string, string> } {
  const root = loadRoot(apiTarget.protoFiles);
  const model = readModel(root, apiTarget.roots);
  const files = modelFiles(apiTarget, model);
  files.set(path.join(apiTarget.out, "services.js"), servicesSource(model.services));
  files.set(path.join(apiTarget.out, "services.d.ts"), servicesDeclaration(model.services));
  files.set(path.join(apiTarget.out, "descriptors.js"), descriptorsSource(root, model));
  files.set(path.join(apiTarget.out, "descriptors.d.ts"), descriptorsDeclaration());
  return { files, names: new Map([...model.messages, ...model.enums].map(({ fullName, name }) => [fullName, name])) };
}

/** Files of a target of ours: what `api/gen/` has already is left out. */
function ownFiles(target: Target, apiNames: ReadonlyMap<string, string>): Files {
  const missing = target.protoFiles.filter((file) => !existsSync(file));
  if (missing.length > 0) return new Map();
  const model = readModel(loadRoot(target.protoFiles), target.roots, apiNames);
  const isOurs = (type: MessageModel | EnumModel): boolean =>
    target.roots.some((root) => type.fullName.startsWith(`${root}.`));
  const strays = [...model.messages, ...model.enums].filter((type) => !isOurs(type) && !apiNames.has(type.fullName));
  if (strays.length > 0) throw new Error(`not in api/gen: ${strays.map(({ fullName }) => fullName).join(", ")}`);
  return modelFiles(target, { ...model, messages: model.messages.filter(isOurs), enums: model.enums.filter(isOurs) });
}

function modelFiles(target: Target, { messages, enums }: Model): Files {
  const parts = { messages, api: target.api, enumsHere: new Set(enums) };
  const files: Files = new Map([
    [path.join(target.out, "messages.js"), messagesSource(parts)],
    [path.join(target.out, "messages.d.ts"), messagesDeclaration(parts)],
  ]);
  if (enums.length > 0) {
    files.set(path.join(target.out, "enums.js"), enumsSource(enums));
    files.set(path.join(target.out, "enums.d.ts"), enumsDeclaration(enums));
  }
  return files;
}

const api = apiFiles();
const all: Files = new Map([...api.files, ...ownTargets.flatMap((target) => [...ownFiles(target, api.names)])]);
const stale = [...all].filter(([file, text]) => !existsSync(file) || readFileSync(file, "utf8") !== text);
const relative = stale.map(([file]) => path.relative(process.cwd(), file));
if (process.argv.includes("--check")) {
  if (relative.length > 0) {
    console.error(`not as generated, run \`node tools/generate/main.ts\`: ${relative.join(", ")}`);
  }
  process.exitCode = relative.length > 0 ? 1 : 0;
} else {
  for (const [file, text] of stale) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  console.log(relative.length === 0 ? "generated files are fresh" : `written: ${relative.join(", ")}`);
}
