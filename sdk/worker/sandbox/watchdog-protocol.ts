/** Places in the memory that the main thread and its watchdog share. */
export const STATE = 0;
/** In milliseconds; of the work under way. */
export const LIMIT = 1;
export const PLACES = 2;

/** Values of STATE. While work is under way it is the work's number, from 1 on. */
export const IDLE = 0;
/** The watchdog's, once it has decided: the main thread must not leave its work any more. */
export const STOPPING = -1;
