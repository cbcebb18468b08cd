/** `node tests/faults/store-power-loss/main.ts [--seed 1] [--images 1000] [--batches 200] [--mode thread|inline]` */
import { parseArgs } from "node:util";
import { runPowerLoss } from "./power-loss.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    images: { type: "string", default: "1000" },
    batches: { type: "string", default: "200" },
    mode: { type: "string", default: "thread" },
  },
});

const report = await runPowerLoss({
  seed: Number(values.seed),
  images: Number(values.images),
  batches: Number(values.batches),
  mode: values.mode === "inline" ? "inline" : "thread",
});
console.log(
  `seed ${values.seed}: ${report.images} images of ${report.calls} calls and ${report.acknowledgements} acknowledged batches, ` +
    `${report.differing} of them incomplete; nothing acknowledged is missing, no batch is there in part`,
);
