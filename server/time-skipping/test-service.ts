/** The TestService: clients lock, unlock and skip the time of a test server. */
import { durationMs } from "../../api/duration.ts";
import type { TestServiceHandlers } from "../../api/gen/services.js";
import { timestamp, timestampMs } from "../../api/timestamp.ts";
import type { TimeKeeper } from "./time-keeper.ts";

export function testServiceHandlers(keeper: TimeKeeper): TestServiceHandlers {
  const endOf = (ms: number): number => keeper.clock.now() + ms;
  return {
    async lockTimeSkipping() {
      keeper.lock();
      return {};
    },
    async unlockTimeSkipping() {
      keeper.unlock();
      return {};
    },
    async sleep({ duration }, call) {
      await keeper.sleepUntil(endOf(durationMs(duration)), call);
      return {};
    },
    async sleepUntil({ timestamp: until }, call) {
      await keeper.sleepUntil(timestampMs(until), call);
      return {};
    },
    async unlockTimeSkippingWithSleep({ duration }, call) {
      await keeper.unlockUntil(endOf(durationMs(duration)), call);
      return {};
    },
    getCurrentTime: async () => ({ time: timestamp(keeper.clock.now()) }),
  };
}
