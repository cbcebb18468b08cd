import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Our test server as an executable, which SDKs start themselves. */
export async function testServerProgram(): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "perdure-time-skipping-"));
  const path = join(folder, "test-server");
  const main = fileURLToPath(new URL("test-server.ts", import.meta.url));
  await writeFile(path, `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
  await chmod(path, 0o755);
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}
