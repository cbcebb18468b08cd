import { killed } from "./suite/killed-target.ts";
import { runSuite } from "./suite/suite.ts";

/** Another one each time; give it to see a failure again. */
const seed = Number(process.env["PERDURE_SEED"] ?? Date.now() % 1_000_000);

runSuite(killed({ port: 17_840, seed }));
