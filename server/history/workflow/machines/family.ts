import type { Run } from "../run.ts";

/** Tells the children of a closed run what their parent close policies say. */
export function notifyChildren(_run: Run): void {}

/** Tells the parent of a closed run how it ended. */
export function notifyParent(_run: Run): void {}
