import { Failure, Payload, Payloads } from "../../api/gen/messages.js";

type Json = { readonly [field: string]: unknown };

/** A failure as Nexus carries it: its message, and the rest of it as details in the JSON of protobuf. */
export function failureJson(failure: Failure): Json {
  const { message, ...details } = detailsOf(failure);
  return { message, metadata: { type: "temporal.api.failure.v1.Failure" }, details };
}

function detailsOf(failure: Failure): Json {
  const { message, source, stackTrace, cause, encodedAttributes, applicationFailureInfo: application } = failure;
  const { serverFailureInfo: server, canceledFailureInfo: canceled, timeoutFailureInfo: timeout } = failure;
  return {
    message,
    ...(source === "" ? undefined : { source }),
    ...(stackTrace === "" ? undefined : { stackTrace }),
    ...(encodedAttributes === undefined ? undefined : { encodedAttributes: payloadJson(encodedAttributes) }),
    ...(cause === undefined ? undefined : { cause: detailsOf(Failure.decode(cause)) }),
    ...(application === undefined
      ? undefined
      : {
          applicationFailureInfo: {
            ...(application.type === "" ? undefined : { type: application.type }),
            ...(application.nonRetryable ? { nonRetryable: true } : undefined),
            ...(application.details === undefined ? undefined : { details: payloadsJson(application.details) }),
          },
        }),
    ...(server === undefined ? undefined : { serverFailureInfo: server.nonRetryable ? { nonRetryable: true } : {} }),
    ...(canceled === undefined ? undefined : { canceledFailureInfo: {} }),
    ...(timeout === undefined ? undefined : { timeoutFailureInfo: {} }),
    ...(failure.terminatedFailureInfo === undefined ? undefined : { terminatedFailureInfo: {} }),
  };
}

function payloadsJson(encoded: Uint8Array): Json {
  return { payloads: Payloads.decode(encoded).payloads.map(payloadJson) };
}

function payloadJson(encoded: Uint8Array): Json {
  const { metadata, data } = Payload.decode(encoded);
  const fields = Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value).toString("base64")]);
  return { metadata: Object.fromEntries(fields), data: Buffer.from(data).toString("base64") };
}
