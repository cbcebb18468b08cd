import { DefaultFailureConverter } from "../../common/index.ts";

/** Messages and stack traces go through the codecs, too. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
