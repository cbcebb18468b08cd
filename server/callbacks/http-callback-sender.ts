import http from "node:http";
import https from "node:https";
import type { CallbackAnswer, CallbackCall, CallbackSender } from "../history/index.ts";
import { completionOf } from "./completion.ts";

const TIMEOUT_MS = 10_000;
/** What Nexus calls these answers. */
const STATUS_NAMES: Readonly<Record<number, string>> = {
  400: "BAD_REQUEST",
  401: "UNAUTHENTICATED",
  403: "UNAUTHORIZED",
  404: "NOT_FOUND",
  408: "REQUEST_TIMEOUT",
  409: "CONFLICT",
  429: "RESOURCE_EXHAUSTED",
  500: "INTERNAL",
  501: "NOT_IMPLEMENTED",
  503: "UNAVAILABLE",
  520: "UPSTREAM_TIMEOUT",
};
const RETRIED_BELOW_500: readonly number[] = [408, 429];
const NOT_IMPLEMENTED = 501;

/** Sends completion callbacks by HTTP: one POST each, whose status decides. */
export function httpCallbackSender(): CallbackSender {
  return {
    send: (call) =>
      post(call).then(answerOf, (error: Error) => ({
        kind: "refused",
        message: `Post "${call.url}": ${error.message}`,
        isRetryable: true,
      })),
  };
}

function post(call: CallbackCall): Promise<number> {
  const { headers, body } = completionOf(call);
  const { request } = call.url.startsWith("https:") ? https : http;
  return new Promise((resolve, reject) => {
    const sent = request(
      call.url,
      { method: "POST", headers: { ...headers, "content-length": body.length }, timeout: TIMEOUT_MS },
      (response) => {
        response.resume();
        response.on("end", () => resolve(response.statusCode ?? 0));
        response.on("error", reject);
      },
    );
    sent.on("timeout", () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
    sent.on("error", reject);
    sent.end(body);
  });
}

function answerOf(status: number): CallbackAnswer {
  if (status >= 200 && status < 300) return { kind: "taken" };
  const isRetryable = status >= 500 ? status !== NOT_IMPLEMENTED : RETRIED_BELOW_500.includes(status);
  const name = STATUS_NAMES[status];
  return {
    kind: "refused",
    message: name === undefined ? `unexpected response status: "${status}"` : `handler error (${name})`,
    isRetryable,
  };
}
