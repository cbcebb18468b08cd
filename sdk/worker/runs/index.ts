export { readHistory } from "./history-event.ts";
export { RunMachine } from "./run-machine.ts";
