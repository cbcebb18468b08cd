/** `node:url` for workflows: the classes only. */
import { URL } from "../web/url.ts";
import { URLSearchParams } from "../web/url-search-params.ts";

export const builtin = { URL, URLSearchParams };
