import { headerField, type HeaderField } from "./header-field.ts";

/** RFC 7541, appendix A, in order. A name alone has an empty value. */
const entries = [
  ":authority",
  ":method GET",
  ":method POST",
  ":path /",
  ":path /index.html",
  ":scheme http",
  ":scheme https",
  ":status 200",
  ":status 204",
  ":status 206",
  ":status 304",
  ":status 400",
  ":status 404",
  ":status 500",
  "accept-charset",
  "accept-encoding gzip, deflate",
  "accept-language",
  "accept-ranges",
  "accept",
  "access-control-allow-origin",
  "age",
  "allow",
  "authorization",
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-length",
  "content-location",
  "content-range",
  "content-type",
  "cookie",
  "date",
  "etag",
  "expect",
  "expires",
  "from",
  "host",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "last-modified",
  "link",
  "location",
  "max-forwards",
  "proxy-authenticate",
  "proxy-authorization",
  "range",
  "referer",
  "refresh",
  "retry-after",
  "server",
  "set-cookie",
  "strict-transport-security",
  "transfer-encoding",
  "user-agent",
  "vary",
  "via",
  "www-authenticate",
];

/** Index 1–61; index 0 is unused, as on the wire. */
export const staticTable: ReadonlyArray<HeaderField | undefined> = [
  undefined,
  ...entries.map((entry) => {
    const space = entry.indexOf(" ");
    return space < 0 ? headerField(entry, "") : headerField(entry.slice(0, space), entry.slice(space + 1));
  }),
];

export const staticEntryCount = entries.length;

/** "name\0value" → index, for the encoder. */
export const staticIndexByField: ReadonlyMap<string, number> = new Map(
  staticTable.flatMap((field, index) => (field ? [[`${field.name}\0${field.value}`, index] as const] : [])),
);

/** Name → the lowest index with that name. */
export const staticIndexByName: ReadonlyMap<string, number> = new Map(
  staticTable.flatMap((field, index) => (field ? [[field.name, index] as const] : [])).reverse(),
);
