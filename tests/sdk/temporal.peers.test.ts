import { join } from "node:path";
import { cache } from "../../tools/prepare/need.ts";
import { runSuite } from "./suite/suite.ts";
import { temporal } from "./suite/temporal-target.ts";

runSuite(temporal({ binary: join(cache, "bin/temporal-peer"), port: 17_820 }));
