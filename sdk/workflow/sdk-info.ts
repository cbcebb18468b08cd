import type { StackTraceSDKInfo } from "./stack-traces.ts";

export const sdkInfo: StackTraceSDKInfo = { name: "perdure", version: "0.1.0" };
