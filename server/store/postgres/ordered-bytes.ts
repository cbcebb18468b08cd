/** Values of attributes as bytes in the order of the values, so that one column and one index serve every type. */
import type { AttributeType, AttributeValue, Scalar } from "../visibility.ts";

const SIGN = 1n << 63n;

export function orderedBytes(type: AttributeType, value: Scalar): Buffer {
  switch (type) {
    case "Text":
    case "Keyword":
    case "KeywordList":
      return Buffer.from(String(value), "utf8");
    case "Int":
    case "Datetime":
    case "Bool":
      return orderedInteger(typeof value === "bigint" ? value : BigInt(Math.trunc(Number(value))));
    case "Double":
      return orderedDouble(Number(value));
  }
}

export function orderedInteger(value: bigint): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, value + SIGN));
  return bytes;
}

/** A negative number's bits are all turned, so that the larger magnitude comes first; of others only the sign's. */
export function orderedDouble(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleBE(value + 0); // Zero has one form.
  const bits = bytes.readBigUInt64BE();
  bytes.writeBigUInt64BE(bits >= SIGN ? BigInt.asUintN(64, ~bits) : bits | SIGN);
  return bytes;
}

/** The inverse. */
export function fromOrderedBytes(type: AttributeType, bytes: Buffer): AttributeValue {
  switch (type) {
    case "Text":
    case "Keyword":
    case "KeywordList":
      return bytes.toString("utf8");
    case "Bool":
      return readInteger(bytes) === 1n;
    case "Int":
    case "Datetime": {
      const value = readInteger(bytes);
      return Number.isSafeInteger(Number(value)) ? Number(value) : value;
    }
    case "Double": {
      const bits = bytes.readBigUInt64BE();
      const plain = Buffer.allocUnsafe(8);
      plain.writeBigUInt64BE(bits >= SIGN ? bits ^ SIGN : BigInt.asUintN(64, ~bits));
      return plain.readDoubleBE();
    }
  }
}

function readInteger(bytes: Buffer): bigint {
  return bytes.readBigUInt64BE() - SIGN;
}
