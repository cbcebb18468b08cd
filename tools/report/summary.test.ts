import { expect, test } from "vitest";
import { summarise } from "./summary.ts";

const ran = (statuses: readonly string[], file = statuses.includes("failed") ? "failed" : "passed"): string =>
  JSON.stringify({
    success: file === "passed",
    testResults: [
      {
        name: "a.test.ts",
        status: file,
        message: "why",
        assertionResults: statuses.map((status, i) => ({ status, fullName: `t${i}` })),
      },
    ],
  });

test.each([
  ["all passed", ran(["passed", "passed"]), { passed: 2, failures: [] }],
  ["one failed", ran(["passed", "failed"]), { passed: 1, failures: ["unit: t1 (failed)"] }],
  ["a skipped test is a failure", ran(["passed", "skipped"]), { passed: 1, failures: ["unit: t1 (skipped)"] }],
  ["a file that did not load", ran([], "failed"), { passed: 0, failures: ["unit: a.test.ts did not run: why"] }],
  [
    "an error outside the tests",
    JSON.stringify({ success: false, testResults: [] }),
    { passed: 0, failures: ["unit: an error outside the tests"] },
  ],
  [
    "an empty suite",
    JSON.stringify({ success: true, testResults: [] }),
    { passed: 0, failures: ["unit: the suite has no tests"] },
  ],
  ["no report", undefined, { passed: 0, failures: ["unit: the suite left no report"] }],
  ["half a report", '{"success":', { passed: 0, failures: ["unit: the suite left no report"] }],
])("%s", (_, text, expected) => {
  expect(summarise([{ name: "unit", text }])).toEqual(expected);
});

test("suites add up", () => {
  const text = ran(["passed", "failed"]);
  const sum = summarise([
    { name: "unit", text },
    { name: "peers", text },
  ]);
  expect(sum).toEqual({ passed: 2, failures: ["unit: t1 (failed)", "peers: t1 (failed)"] });
});
