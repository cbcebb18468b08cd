/** `node tools/api-report/main.ts`: writes `packages/perdure/api/*.txt`. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { emitDeclarations } from "./emitted-declarations.ts";
import { apiReport } from "./report.ts";

const checkout = resolve(import.meta.dirname, "../..");
using declarations = emitDeclarations(checkout);
const { texts, undocumented } = apiReport(checkout, declarations.folder);
const folder = join(checkout, "packages/perdure/api");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const [name, text] of texts) writeFileSync(join(folder, name), text);
for (const name of undocumented) console.error(`without a comment: ${name}`);
