// Our SDK and the official one on our server.

import { vi } from "vitest";
import { startServer } from "../../../server/server.ts";
import { testInterop } from "./interop-tests.ts";

/** One of each kind. `interop.peers.test.ts` tells them all. */
const TOLD =
  /^(draws-numbers|carries-over|cleans-up-when-cancelled|sleeps-in-parallel|times-out-a-scope|calls-in-turn|calls-failing|tries-to-cancel|calls-locally|calls-children|adds-signals|takes-updates|asks-for-patches|answers-queries|tells-others)$/;

// Activities run with our SDK here, and with the official one in its own process.
vi.mock("@temporalio/activity", () => import("../../../sdk/activity/index.ts"));

testInterop({
  open: () => startServer({ data: { kind: "memory" } }),
  isTold: ({ name }) => TOLD.test(name),
  takesTurns: false,
});
