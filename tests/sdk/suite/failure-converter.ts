/** A failure converter that hides messages and stack traces in an encoded attribute. */
import { DefaultFailureConverter } from "../../../sdk/common/index.ts";

export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
