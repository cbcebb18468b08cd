/** How a test of the suite is written: a sentence, and what it does on its scene. */
import { describe, test } from "vitest";
import type { HostName, Scene, Stage } from "./stage.ts";
import type { TargetName } from "./target.ts";

export interface SuiteContext {
  readonly target: TargetName;
  stage(): Stage;
}

type Body = (scene: Scene) => Promise<void>;

export interface Define {
  /** In the sandbox. */
  it(name: string, body: Body): void;
  /** In the sandbox, and inline. */
  both(name: string, body: Body): void;
  /** In the sandbox, on a real Temporal server alone: our server cannot do it yet. */
  onTemporal(name: string, body: Body): void;
  readonly context: SuiteContext;
}

export type Area = (define: Define) => void;

/** What a server that is killed may cost a test: an attempt that the server had counted when it died. */
const KILLED = { retry: 3, timeout: 60_000 };

export function defineArea(name: string, area: Area, context: SuiteContext): void {
  const options = context.target === "gRPC on SQLite, killed at random moments" ? KILLED : {};
  const define = (title: string, host: HostName, body: Body): void => {
    test.concurrent(title, options, () => body(context.stage().scene(host)));
  };
  describe.concurrent(name, () =>
    area({
      context,
      it: (title, body) => define(title, "sandbox", body),
      both(title, body) {
        define(title, "sandbox", body);
        define(`${title} [inline]`, "inline", body);
      },
      onTemporal(title, body) {
        if (context.target === "Temporal") define(title, "sandbox", body);
      },
    }),
  );
}
