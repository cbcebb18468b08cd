// Our SDK and the official one on a real Temporal server.

import { join } from "node:path";
import { vi } from "vitest";
import { cache } from "../../../tools/prepare/need.ts";
import { startPeer } from "../../differential/peer.ts";
import { testInterop } from "./interop-tests.ts";

// Activities run with our SDK here, and with the official one in its own process.
vi.mock("@temporalio/activity", () => import("../../../sdk/activity/index.ts"));

testInterop({
  open: () => startPeer({ binary: join(cache, "bin/temporal-peer"), port: 18_410, settings: "default" }),
  // Temporal may have the request to cancel reach the child before its start: then there is no child to cancel, and the
  // run waits for it for an hour.
  isTold: ({ name }) => !name.startsWith("cancels-starting-child-wait-cancellation"),
  takesTurns: true,
});
