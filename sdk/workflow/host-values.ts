/**
 * The real clock and the real random numbers, taken when this module is evaluated: a host that replaces the globals of
 * workflow code does so after it has loaded this library.
 */

// oxlint-disable-next-line no-restricted-properties -- the only two things here that a replay does not repeat
const { now } = Date;
const { random } = Math;

/** The class itself, for the library's own dates: code may replace the global one. */
export const RealDate: DateConstructor = Date;
export const realNow: () => number = () => now.call(Date);
export const realRandom: () => number = () => random.call(Math);
