/**
 * A thread that looks at the main thread's deadline and, when it has passed, has the inspector stop what runs there.
 * The inspector is connected only then.
 */
import { Session } from "node:inspector";
import { parentPort, workerData } from "node:worker_threads";
import { ARMED, LIMIT, STATE, STOPPING, TICKET } from "./watchdog-protocol.ts";

const shared = workerData as Int32Array;
const never = new Int32Array(new SharedArrayBuffer(4));

const PERIOD_MS_MAX = 100;

// Whether it may connect is known before anybody relies on it: a process can forbid it.
const trial = new Session();
trial.connectToMainThread();
trial.disconnect();
parentPort?.postMessage("ready");
let seen = 0;
let periods = 0;
for (;;) {
  const limitMs = Atomics.load(shared, LIMIT);
  const periodMs = Math.min(PERIOD_MS_MAX, Math.ceil(limitMs / 10));
  Atomics.wait(never, 0, 0, periodMs);
  const ticket = Atomics.load(shared, TICKET);
  if (Atomics.load(shared, STATE) !== ARMED || ticket !== seen) {
    seen = ticket;
    periods = 0;
    continue;
  }
  periods++;
  if (periods * periodMs >= limitMs && Atomics.compareExchange(shared, STATE, ARMED, STOPPING) === ARMED) stop();
}

/** From here on the main thread waits to be stopped, also when its work has come to its end meanwhile. */
function stop(): void {
  const session = new Session();
  session.connectToMainThread();
  session.post("Runtime.terminateExecution");
  parentPort?.postMessage("stopped");
  while (Atomics.load(shared, STATE) === STOPPING) Atomics.wait(never, 0, 0, 1);
  session.disconnect();
}
