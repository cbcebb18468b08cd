/** `npm run bench -- NAME [options]`: runs `bench/NAME.ts`. */
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";

const folder = resolve(import.meta.dirname, "../../bench");
const [name, ...options] = process.argv.slice(2);
const file = resolve(folder, `${name}.ts`);

if (name === undefined || !/^[a-z0-9-]+$/.test(name) || !existsSync(file)) {
  const names = readdirSync(folder)
    .filter((entry) => entry.endsWith(".ts") && !entry.endsWith(".test.ts"))
    .map((entry) => entry.slice(0, -".ts".length));
  if (name !== undefined) console.error(`there is no bench called ${name}`);
  console.error(`usage: npm run bench -- NAME [options]\n\n  ${names.join("\n  ")}`);
  process.exitCode = 1;
} else {
  const child = spawn(process.execPath, ["--expose-gc", file, ...options], { stdio: "inherit" });
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? (signal === null ? 0 : 1);
  });
}
