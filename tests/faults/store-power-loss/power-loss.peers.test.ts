import { expect, test } from "vitest";
import { runPowerLoss } from "./power-loss.ts";

test.each(["thread", "inline"] as const)(
  "a power failure loses nothing acknowledged and leaves whole batches (%s)",
  async (mode) => {
    const report = await runPowerLoss({ seed: 42, images: 150, batches: 60, mode });
    expect(report.acknowledgements).toBeGreaterThan(40);
    expect(report.differing).toBeGreaterThan(30);
  },
);
