/**
 * As much of the protobuf wire format as health and reflection need: strings, numbers and nested bytes. This folder
 * knows no message definitions, so these two services carry their few fields by hand.
 */

export interface WireField {
  readonly number: number;
  readonly value: number | Uint8Array;
}

/** Field number with a length-delimited value. */
export function encodeBytes(number: number, value: Uint8Array | string): Uint8Array {
  const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : value;
  return Buffer.concat([encodeVarint((number << 3) | 2), encodeVarint(bytes.length), bytes]);
}

/** Field number with an unsigned number; 0 is left out, as proto3 does. */
export function encodeNumber(number: number, value: number): Uint8Array {
  return value === 0 ? Buffer.alloc(0) : encodeVarintField(number, value);
}

/** Field number with an unsigned number, 0 included. */
export function encodeVarintField(number: number, value: number): Uint8Array {
  return Buffer.concat([encodeVarint(number << 3), encodeVarint(value)]);
}

function encodeVarint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

/** The fields of a message in their order; throws RangeError on broken input. Fixed-width values are skipped. */
export function decodeFields(message: Uint8Array): WireField[] {
  const fields: WireField[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1, count = 0; count < 10; scale *= 0x80, count++) {
      const byte = message[at++];
      if (byte === undefined) throw new RangeError("message ends within a number");
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new RangeError("number too long");
  };
  const skip = (bytes: number): number => {
    if (at + bytes > message.length) throw new RangeError("message ends within a field");
    at += bytes;
    return at;
  };
  while (at < message.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0:
        fields.push({ number, value: varint() });
        break;
      case 1:
        skip(8);
        break;
      case 2: {
        const bytes = varint();
        fields.push({ number, value: message.subarray(at, skip(bytes)) });
        break;
      }
      case 5:
        skip(4);
        break;
      default:
        throw new RangeError(`wire type ${tag % 8}`);
    }
  }
  return fields;
}

/** The last value of a string field, "" when absent. */
export function stringField(fields: readonly WireField[], number: number): string {
  const field = fields.findLast((one) => one.number === number);
  return field !== undefined && typeof field.value !== "number" ? Buffer.from(field.value).toString("utf8") : "";
}
