import { expect, test } from "vitest";
import { workflowService } from "../../api/gen/services.js";
import type { Method } from "../../api/gen/services.js";
import { InProcessService } from "./in-process-service.ts";

const method = workflowService.find(({ key }) => key === "getSystemInfo") as Method;

test("a loop of calls leaves timers their turn", async () => {
  const service = new InProcessService({ route: () => () => method.response.encode({ serverVersion: "1" }) });
  let isOver = false;
  setTimeout(() => (isOver = true), 0);
  let calls = 0;
  // Without a turn of its own the timer would never fire, and this would never end.
  while (!isOver && calls < 1_000_000) {
    await service.call(method, {});
    calls++;
  }
  expect(isOver).toBe(true);
});
