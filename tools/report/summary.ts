/** The part of Vitest's JSON report (Jest's shape) that counts. */
interface Report {
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

export interface Summary {
  readonly passed: number;
  /** What failed, one line each. */
  readonly failures: readonly string[];
}

/** `undefined` stands for a suite that left no report. */
export function summarise(reports: readonly { readonly name: string; readonly text: string | undefined }[]): Summary {
  const parts = reports.map(({ name, text }) => summariseOne(name, text));
  return {
    passed: parts.reduce((sum, part) => sum + part.passed, 0),
    failures: parts.flatMap((part) => part.failures),
  };
}

function summariseOne(name: string, text: string | undefined): Summary {
  const report = parse(text);
  if (report === undefined) return { passed: 0, failures: [`${name}: the suite left no report`] };
  let passed = 0;
  const failures: string[] = [];
  for (const file of report.testResults) {
    for (const test of file.assertionResults) {
      if (test.status === "passed") passed++;
      else failures.push(`${name}: ${test.fullName} (${test.status})`);
    }
    const loaded = file.status === "passed" || file.assertionResults.some((test) => test.status === "failed");
    if (!loaded) failures.push(`${name}: ${file.name} did not run: ${file.message ?? file.status}`);
  }
  if (!report.success && failures.length === 0) failures.push(`${name}: an error outside the tests`);
  if (passed === 0 && failures.length === 0) failures.push(`${name}: the suite has no tests`);
  return { passed, failures };
}

function parse(text: string | undefined): Report | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Report;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
