/** Places in the memory that the main thread and its watchdog share. */
export const STATE = 0;
/** Changes with each piece of work. */
export const TICKET = 1;
export const LIMIT = 2;
export const PLACES = 3;

/** Values of STATE. */
export const IDLE = 0;
export const ARMED = 1;
/** The watchdog's, once it has decided: the main thread must not leave its work any more. */
export const STOPPING = 2;
