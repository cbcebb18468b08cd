import { EXIT } from "../../server/command/index.ts";

/** Of the commands of `perdure store`. */
export const STORE_EXIT = {
  ...EXIT,
  /** What is stored is damaged. */
  damaged: 1,
  /** It could not be tried: no such store, in use, no space. */
  unavailable: 3,
} as const;
