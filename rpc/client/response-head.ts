import { statusCodes } from "../grpc/status-code.ts";
import { decodeStatusMessage } from "../grpc/status-message.ts";
import { HeaderMetadata } from "../grpc/metadata.ts";
import type { HeaderBlock } from "../hpack/header-block.ts";
import { fieldKinds } from "../hpack/header-field.ts";

/** What a header block from a server says, be it the head of a response or its trailers. */
export interface ResponseHead {
  /** The HTTP status, 0 in trailers. */
  readonly httpStatus: number;
  readonly contentType: string | undefined;
  readonly encoding: string | undefined;
  readonly grpcStatus: number | undefined;
  readonly grpcMessage: string;
  readonly details: Uint8Array | undefined;
  readonly metadata: HeaderMetadata;
}

/** Derived once per block, and the blocks of successful calls repeat. */
export function responseHeadOf(block: HeaderBlock): ResponseHead {
  return (block.derived ??= readResponseHead(block)) as ResponseHead;
}

function readResponseHead(block: HeaderBlock): ResponseHead {
  const head = {
    httpStatus: 0,
    contentType: undefined as string | undefined,
    encoding: undefined as string | undefined,
    grpcStatus: undefined as number | undefined,
    grpcMessage: "",
    details: undefined as Uint8Array | undefined,
    metadata: new HeaderMetadata(block.fields),
  };
  for (const { kind, value } of block.fields) {
    switch (kind) {
      case fieldKinds.status:
        head.httpStatus = Number(value);
        break;
      case fieldKinds.contentType:
        head.contentType = value;
        break;
      case fieldKinds.encoding:
        head.encoding = value;
        break;
      case fieldKinds.grpcStatus:
        head.grpcStatus = /^\d{1,2}$/.test(value) ? Number(value) : statusCodes.unknown;
        break;
      case fieldKinds.grpcMessage:
        head.grpcMessage = decodeStatusMessage(value);
        break;
      case fieldKinds.grpcDetails:
        head.details = Buffer.from(value, "base64");
        break;
    }
  }
  return head;
}
