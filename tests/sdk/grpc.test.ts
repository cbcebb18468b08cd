import { runSuite } from "./suite/suite.ts";
import { grpc } from "./suite/targets.ts";

runSuite(grpc);
