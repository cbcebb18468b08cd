/** `node tools/tidy/main.ts`: the rules of the house that formatter, linter and compiler do not know. */
import { resolve } from "node:path";
import { formatFinding } from "./finding.ts";
import type { Finding } from "./finding.ts";
import { bannedGlobals } from "./rules/banned-globals.ts";
import { documentLinks } from "./rules/document-links.ts";
import { forbiddenText } from "./rules/forbidden-text.ts";
import { generatedFiles } from "./rules/generated-files.ts";
import { importDirection } from "./rules/import-direction.ts";
import { fileNames, folderPages, indexFiles } from "./rules/layout.ts";
import { lockFile } from "./rules/lock-file.ts";
import { readTree } from "./tree.ts";
import type { Tree } from "./tree.ts";

const RULES: readonly ((tree: Tree) => Finding[])[] = [
  importDirection,
  bannedGlobals,
  fileNames,
  indexFiles,
  folderPages,
  documentLinks,
  forbiddenText,
  lockFile,
  generatedFiles,
];

const tree = readTree(resolve(import.meta.dirname, "../.."));
const findings = RULES.flatMap((rule) => rule(tree));
for (const finding of findings) console.error(formatFinding(finding));
if (findings.length > 0) {
  console.error(`tidy: ${findings.length} findings`);
  process.exitCode = 1;
}
