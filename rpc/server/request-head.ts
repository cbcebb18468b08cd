import type { Route } from "../grpc/handler.ts";
import { parseTimeoutMs } from "../grpc/timeout.ts";
import type { HeaderBlock } from "../hpack/header-block.ts";
import { fieldKinds, type HeaderField } from "../hpack/header-field.ts";

/** What the header block of a request says. Derived once per block, and blocks repeat. */
export interface RequestHead {
  /** Breaks RFC 9113 §8: the stream is reset. */
  readonly isMalformed: boolean;
  readonly isTooLarge: boolean;
  readonly method: string;
  readonly path: string;
  readonly contentType: string | undefined;
  /** -1 when not declared. */
  readonly contentLength: number;
  readonly timeout: string | undefined;
  /** NaN when `timeout` cannot be read. */
  readonly timeoutMs: number | undefined;
  readonly encoding: string | undefined;
  readonly fields: readonly HeaderField[];
  /** What answers the path; looked up by the first call with this head. */
  route: Route | undefined;
  isRouted: boolean;
}

export function requestHeadOf(block: HeaderBlock): RequestHead {
  return (block.derived ??= readRequestHead(block.fields, block.isTooLarge)) as RequestHead;
}

/** Pseudo-headers that must occur once, as bits. */
const bits: Readonly<Record<number, number>> = {
  [fieldKinds.method]: 1,
  [fieldKinds.scheme]: 2,
  [fieldKinds.path]: 4,
  [fieldKinds.authority]: 8,
};
const requiredBits = 1 | 2 | 4;

export function readRequestHead(fields: readonly HeaderField[], isTooLarge: boolean): RequestHead {
  const head = {
    isMalformed: false,
    isTooLarge,
    method: "",
    path: "",
    contentType: undefined as string | undefined,
    contentLength: -1,
    timeout: undefined as string | undefined,
    timeoutMs: undefined as number | undefined,
    encoding: undefined as string | undefined,
    fields,
    route: undefined,
    isRouted: false,
  };
  let seen = 0;
  let isBehindPseudo = false;
  for (const field of fields) {
    const { kind, value } = field;
    const bit = bits[kind] ?? 0;
    if (bit === 0) isBehindPseudo = true;
    else if (isBehindPseudo || seen & bit) head.isMalformed = true;
    seen |= bit;
    switch (kind) {
      case fieldKinds.method:
        head.method = value;
        break;
      case fieldKinds.path:
        head.path = value;
        break;
      case fieldKinds.contentType:
        head.contentType = value;
        break;
      case fieldKinds.contentLength:
        if (!/^\d{1,15}$/.test(value)) head.isMalformed = true;
        else head.contentLength = Number(value);
        break;
      case fieldKinds.te:
        if (value !== "trailers") head.isMalformed = true;
        break;
      case fieldKinds.timeout:
        head.timeout = value;
        head.timeoutMs = parseTimeoutMs(value) ?? Number.NaN;
        break;
      case fieldKinds.encoding:
        head.encoding = value;
        break;
      case fieldKinds.status:
      case fieldKinds.malformed:
        head.isMalformed = true;
        break;
    }
  }
  if (!isTooLarge && ((seen & requiredBits) !== requiredBits || head.path === "")) head.isMalformed = true;
  return head;
}
