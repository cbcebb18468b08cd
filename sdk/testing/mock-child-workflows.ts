import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { moduleInside } from "./workflow-interceptor-modules.ts";
import { mockActivityName } from "./inside/mocked-workflows.ts";
import { recorded } from "./mock-activities.ts";
import type { MockedCall, MockFunctions } from "./mock-activities.ts";

// oxlint-disable-next-line no-explicit-any -- Workflows of any signature.
type AnyFunction = (...args: any[]) => any;

/** Stand-ins for child workflows, for the options of a worker. */
export interface ChildWorkflowMocks<T> extends Disposable {
  /** Add them to the worker's activities: the mocks run there, outside of the workflow sandbox. */
  readonly activities: Record<string, AnyFunction>;
  /** Add them to the worker's `interceptors.workflowModules`. */
  readonly workflowModules: string[];
  /** The calls of a workflow type so far, in order. */
  callsOf(type: keyof T & string): readonly MockedCall[];
}

/**
 * Workflow types of a worker in a test that do not run their code: the given functions answer for them, as activities do.
 * A function that throws fails its workflow. The types must still be among the worker's workflows.
 *
 * ```ts
 * using mocks = mockChildWorkflows<typeof workflows>({ charge: (order) => `receipt of ${order}` });
 * const worker = await Worker.create({
 *   workflowsPath,
 *   activities: { ...activities, ...mocks.activities },
 *   interceptors: { workflowModules: mocks.workflowModules },
 *   taskQueue,
 * });
 * ```
 */
export function mockChildWorkflows<T extends object = Record<string, AnyFunction>>(
  functions: MockFunctions<T>,
): ChildWorkflowMocks<T> {
  const calls = new Map<string, MockedCall[]>();
  const types = Object.keys(functions);
  const activities: Record<string, AnyFunction> = {};
  for (const [type, fn] of Object.entries(functions) as [string, AnyFunction][])
    activities[mockActivityName(type)] = recorded(fn, type, calls);
  // Code in the sandbox has no way to ask which types are meant: they are part of a module that is made for them.
  const folder = mkdtempSync(join(tmpdir(), "perdure-mocks-"));
  const file = join(folder, "mocked-workflows.mjs");
  const library = JSON.stringify(moduleInside("mocked-workflows"));
  writeFileSync(
    file,
    `import { mockedWorkflows } from ${library};\nexport const interceptors = mockedWorkflows(${JSON.stringify(types)});\n`,
  );
  return {
    activities,
    workflowModules: [file],
    callsOf: (type) => calls.get(type) ?? [],
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
