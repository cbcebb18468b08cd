/** Payloads as the SDKs' default converter makes them. */
import type { Plain } from "../wire-format.ts";

export function payload(value: unknown): Plain {
  if (value === null) return { metadata: { encoding: "binary/null" } };
  return { metadata: { encoding: "json/plain" }, data: JSON.stringify(value) };
}

export function payloads(...values: unknown[]): Plain {
  return { payloads: values.map(payload) };
}

/** A payload whose data is `size` bytes. */
export function payloadOfSize(size: number): Plain {
  return { metadata: { encoding: "binary/plain" }, data: "x".repeat(size) };
}

export function attribute(type: string, value: unknown): Plain {
  return { metadata: { encoding: "json/plain", type }, data: JSON.stringify(value) };
}
