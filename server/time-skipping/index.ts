export { testServiceHandlers } from "./test-service.ts";
export { TimeKeeper } from "./time-keeper.ts";
