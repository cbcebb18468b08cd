import { fileURLToPath } from "node:url";

/** The path of a module that runs with workflow code. */
export function moduleInside(name: string): string {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return fileURLToPath(new URL(`./inside/${name}.${extension}`, import.meta.url));
}

/** For `interceptors.workflowModules` of a worker in a test: failed assertions in workflow code fail the workflow. */
export const workflowInterceptorModules: string[] = [moduleInside("assert-to-failure")];
