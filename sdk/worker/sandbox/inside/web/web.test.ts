/** The web classes of a realm against those of Node. They are plain modules: here they run beside them. */
import { describe, expect, test } from "vitest";
import { hostHooks } from "../../realm/host-hooks.ts";
import { installHostHooks } from "../host-hooks.ts";
import * as base64 from "./base64.ts";
import { DOMException as OurException } from "./dom-exception.ts";
import { TextDecoder as OurDecoder, TextEncoder as OurEncoder } from "./encoding.ts";
import {
  AbortController as OurController,
  AbortSignal as OurSignal,
  Event as OurEvent,
  EventTarget as OurTarget,
} from "./events.ts";
import { Headers as OurHeaders } from "./headers.ts";
import { structuredClone as ourClone } from "./structured-clone.ts";
import { URLSearchParams as OurParams } from "./url-search-params.ts";
import { URL as OurURL } from "./url.ts";

installHostHooks(hostHooks({ mapFrame: undefined, readSource: () => undefined }));

/** Each is done with Node's class and with ours; the answers must be the same. */
const same: readonly (readonly [name: string, call: (ours: boolean) => unknown])[] = [
  ...["", "plain", "ä€😀", "long ".repeat(20), "long ä ".repeat(20), "half \ud800"].map(
    (text) =>
      [
        `encode ${JSON.stringify(text.slice(0, 12))}`,
        (ours: boolean) => [...(ours ? new OurEncoder() : new TextEncoder()).encode(text)],
      ] as const,
  ),
  ...[[], [0x61], [0xc3, 0xa4], [0xff, 0x61], [0xef, 0xbb, 0xbf, 0x62], [0xf0, 0x9f, 0x98, 0x80]].map(
    (bytes) =>
      [
        `decode ${bytes.join(" ")}`,
        (ours: boolean) => (ours ? new OurDecoder() : new TextDecoder()).decode(new Uint8Array(bytes)),
      ] as const,
  ),
  [
    "decode with its mark",
    (ours) =>
      new (ours ? OurDecoder : TextDecoder)("utf8", { ignoreBOM: true }).decode(
        new Uint8Array([0xef, 0xbb, 0xbf, 0x62]),
      ),
  ],
  [
    "decode in pieces",
    (ours) => {
      const decoder = new (ours ? OurDecoder : TextDecoder)();
      const bytes = new TextEncoder().encode("a😀ä");
      return (
        [...bytes].map((byte) => decoder.decode(new Uint8Array([byte]), { stream: true })).join("|") + decoder.decode()
      );
    },
  ],
  [
    "encode into too little room",
    (ours) => {
      const into = new Uint8Array(4);
      return [new (ours ? OurEncoder : TextEncoder)().encodeInto("aä😀", into), [...into]];
    },
  ],
  ...["", "a", "ab", "abc", "\u00ff\u0000"].map(
    (text) => [`btoa ${text}`, (ours: boolean) => (ours ? base64 : globalThis).btoa(text)] as const,
  ),
  ...["", "YQ==", "YQ", " Y W J j ", "/+8="].map(
    (text) => [`atob ${text}`, (ours: boolean) => (ours ? base64 : globalThis).atob(text)] as const,
  ),
  ...["a", "a===", "*"].map(
    (text) => [`atob ${text} fails`, (ours: boolean) => nameOf(() => (ours ? base64 : globalThis).atob(text))] as const,
  ),
  ["btoa beyond Latin-1 fails", (ours) => nameOf(() => (ours ? base64 : globalThis).btoa("€"))],
  ...["https://u:p@ä.example:8080/a/../b?x=1&y=%20#h", "HTTP://EXAMPLE.com:80", "data:text/plain,x"].map(
    (text) => [`URL ${text}`, (ours: boolean) => partsOf(new (ours ? OurURL : URL)(text) as URL)] as const,
  ),
  ["URL with a base", (ours) => String(new (ours ? OurURL : URL)("../c?d", "https://a.example/b/b/"))],
  ["URL that is none", (ours) => nameOf(() => new (ours ? OurURL : URL)("none"))],
  ["URL.canParse", (ours) => ["x:y", "none"].map((text) => (ours ? OurURL : URL).canParse(text))],
  [
    "URL with changed parts",
    (ours) => {
      const url = new (ours ? OurURL : URL)("https://a.example/b?c=1") as URL;
      url.pathname = "/d e";
      url.searchParams.append("f", "g h");
      url.hash = "i";
      url.port = "99999";
      url.host = "b.example:81";
      return [url.href, [...url.searchParams], JSON.stringify(url)];
    },
  ],
  [
    "URLSearchParams",
    (ours) => {
      const params = new (ours ? OurParams : URLSearchParams)("?a=1&b=2+3&a=%E4%BD%A0&=x&c&d=%zz%") as URLSearchParams;
      params.append("é ~*", "!'()");
      params.set("b", "new");
      params.delete("c");
      params.sort();
      return [
        String(params),
        params.getAll("a"),
        params.get("none"),
        params.has("a", "1"),
        params.size,
        [...params.keys()],
      ];
    },
  ],
  [
    "URLSearchParams of pairs",
    (ours) => [{ a: "1" }, [["b", "2"]]].map((init) => String(new (ours ? OurParams : URLSearchParams)(init as never))),
  ],
  [
    "Headers",
    (ours) => {
      const headers = new (ours ? OurHeaders : Headers)({ "Content-Type": "a", b: " 1 " }) as Headers;
      headers.append("B", "2");
      headers.append("Set-Cookie", "x");
      headers.append("set-cookie", "y");
      return [
        [...headers],
        headers.get("CONTENT-type"),
        headers.has("none"),
        headers.getSetCookie(),
        headers.get("none"),
      ];
    },
  ],
  ["Headers with a bad name", (ours) => nameOf(() => new (ours ? OurHeaders : Headers)({ "a b": "1" }))],
  [
    "structuredClone",
    (ours) => {
      const clone = ours ? ourClone : structuredClone;
      const shared = { n: 1 };
      const value = {
        list: [shared, shared],
        map: new Map([["k", new Set([1])]]),
        at: new Date(5),
        re: /a/gi,
        bytes: new Uint16Array([1, 2]),
        none: undefined,
      };
      const copy = clone(value) as typeof value;
      return [copy, copy.list[0] === copy.list[1], copy.list[0] === shared];
    },
  ],
  [
    "structuredClone of a circle",
    (ours) => {
      const circle: { self?: unknown } = {};
      circle.self = circle;
      const copy = (ours ? ourClone : structuredClone)(circle) as typeof circle;
      return copy.self === copy && copy !== circle;
    },
  ],
  ["structuredClone of a function", (ours) => nameOf(() => (ours ? ourClone : structuredClone)(() => {}))],
  [
    "structuredClone of an error",
    (ours) => {
      const copy = (ours ? ourClone : structuredClone)(new TypeError("x", { cause: { n: 1 } })) as Error;
      return [copy instanceof TypeError, copy.message, copy.cause];
    },
  ],
  [
    "abort",
    (ours) => {
      const seen: unknown[] = [];
      const controller = new (ours ? OurController : AbortController)() as AbortController;
      const { signal } = controller;
      signal.addEventListener("abort", () => seen.push("listener"));
      const joined = (ours ? (OurSignal as unknown as typeof AbortSignal) : AbortSignal).any([signal]);
      controller.abort("why");
      controller.abort("again");
      return [seen, signal.aborted, signal.reason, joined.reason, nameOf(() => signal.throwIfAborted())];
    },
  ],
  [
    "abort without a reason",
    (ours) => {
      const reason = (ours ? OurSignal : AbortSignal).abort().reason as DOMException;
      return [reason.name, reason.code];
    },
  ],
  [
    "events",
    (ours) => {
      const seen: string[] = [];
      const target = new (ours ? OurTarget : EventTarget)() as EventTarget;
      const listener = () => seen.push("a");
      target.addEventListener("x", listener);
      target.addEventListener("x", listener);
      target.addEventListener(
        "x",
        { handleEvent: (event: Event) => (event.preventDefault(), void seen.push("b")) },
        { once: true },
      );
      const make = () => new (ours ? OurEvent : Event)("x", { cancelable: true }) as Event;
      const results = [target.dispatchEvent(make()), target.dispatchEvent(make())];
      target.removeEventListener("x", listener);
      return [results, target.dispatchEvent(make()), seen];
    },
  ],
  [
    "DOMException",
    (ours) => {
      const error = new (ours ? OurException : DOMException)("m", "AbortError");
      return [error instanceof Error, error.name, error.message, error.code];
    },
  ],
];

describe("a realm's web classes are as Node's", () => {
  test.each(same)("%s", (_, call) => {
    expect(call(true)).toEqual(call(false));
  });
});

function nameOf(call: () => unknown): unknown {
  try {
    call();
    return "no error";
  } catch (error) {
    return error instanceof Error ? error.name : error;
  }
}

function partsOf(url: URL): unknown {
  const { href, origin, protocol, username, password, host, hostname, port, pathname, search, hash } = url;
  return { href, origin, protocol, username, password, host, hostname, port, pathname, search, hash };
}
