import { runSuite } from "./suite/suite.ts";
import { inProcess } from "./suite/targets.ts";

runSuite(inProcess);
