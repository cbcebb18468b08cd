/** The few fields of an encoded event that a check needs; the rest is skipped, not decoded. */

export interface EventHead {
  readonly eventId: number;
  readonly type: number;
}

const EVENT_ID = 1;
const EVENT_TYPE = 3;

/** Throws RangeError for what is no event. */
export function eventHead(event: Uint8Array): EventHead {
  let eventId = 0;
  let type = 0;
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = event[at++];
      if (byte === undefined) throw new RangeError("the event ends inside a number");
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < event.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0: {
        const value = varint();
        if (field === EVENT_ID) eventId = value;
        else if (field === EVENT_TYPE) type = value;
        break;
      }
      case 1:
        at += 8;
        break;
      case 2: {
        const length = varint();
        at += length;
        break;
      }
      case 5:
        at += 4;
        break;
      default:
        throw new RangeError(`the event has a field of wire type ${tag % 8}`);
    }
    if (at > event.length) throw new RangeError("the event ends inside a field");
  }
  return { eventId, type };
}
