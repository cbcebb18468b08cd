import { expect, test } from "vitest";
import { operatorService, testService, workflowService } from "../../api/gen/services.js";
import type { Frontend } from "./frontend.ts";
import { createHandlers } from "./handlers/all-handlers.ts";
import { methodTable } from "./method-table.ts";

test("every method of the services stands in the table once", () => {
  const paths = methodTable.map(({ method }) => method.path);
  expect(paths.toSorted()).toEqual(
    [...workflowService, ...operatorService, ...testService].map(({ path }) => path).toSorted(),
  );
  expect(new Set(paths).size).toBe(paths.length);
});

test("what is served has a handler, and the other way round", () => {
  const handlers = Object.keys(createHandlers({} as Frontend));
  const served = methodTable.flatMap(({ method, status }) => (status.kind === "served" ? [method.key as string] : []));
  expect(served.toSorted()).toEqual(handlers.toSorted());
});

test("what is not served is refused with its name", () => {
  for (const { method, status } of methodTable) {
    if (status.kind === "unimplemented") expect(status.message).toContain(method.name);
  }
});

test("the page of methods is what the table says (vitest -u writes it)", async () => {
  await expect(methodsPage()).toMatchFileSnapshot("../../docs/reference/methods.md");
});

/** docs/reference/methods.md */
function methodsPage(): string {
  const services = [...new Set(methodTable.map(({ method }) => method.service))];
  return [HEAD, ...services.map(sectionOf)].join("\n");
}

const HEAD = `# Methods

Which methods of Temporal's API this server answers. All others are refused with UNIMPLEMENTED and the method's name,
which clients take as "not there". Written from \`server/frontend/method-table.ts\`; a test holds the two together.
`;

function sectionOf(service: string): string {
  const rows = methodTable.filter(({ method }) => method.service === service);
  const namesOf = (kind: string): string[] =>
    rows.flatMap(({ method, status }) => (status.kind === kind ? [`- ${method.name}`] : [])).sort();
  const served = namesOf("served");
  const others = namesOf("unimplemented");
  return `## ${service}

Served (${served.length} of ${rows.length}):

${served.join("\n")}

Not served:

${others.join("\n")}
`;
}
