/**
 * A thread that sleeps until work begins, looks at the main thread's deadline and, when it has passed, has the inspector
 * stop what runs there. The inspector is connected only then.
 */
import { Session } from "node:inspector";
import { parentPort, workerData } from "node:worker_threads";
import { IDLE, LIMIT, STATE, STOPPING } from "./watchdog-protocol.ts";

const shared = workerData as Int32Array;
const never = new Int32Array(new SharedArrayBuffer(4));

const PERIOD_MS_MAX = 100;

// Whether it may connect is known before anybody relies on it: a process can forbid it.
const trial = new Session();
trial.connectToMainThread();
trial.disconnect();
parentPort?.postMessage("ready");
let seen = IDLE;
let periods = 0;
for (;;) {
  Atomics.wait(shared, STATE, IDLE);
  const periodMs = Math.min(PERIOD_MS_MAX, Math.ceil(Atomics.load(shared, LIMIT) / 10));
  Atomics.wait(never, 0, 0, periodMs);
  const number = Atomics.load(shared, STATE);
  if (number !== seen) periods = 0;
  else if (number !== IDLE && ++periods * periodMs >= Atomics.load(shared, LIMIT)) stop(number);
  seen = number;
}

/** Unless that work has ended. From here on the main thread waits to be stopped, also when its work ends meanwhile. */
function stop(number: number): void {
  if (Atomics.compareExchange(shared, STATE, number, STOPPING) !== number) return;
  const session = new Session();
  session.connectToMainThread();
  session.post("Runtime.terminateExecution");
  parentPort?.postMessage("stopped");
  while (Atomics.load(shared, STATE) === STOPPING) Atomics.wait(never, 0, 0, 1);
  session.disconnect();
}
