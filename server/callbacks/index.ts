export { httpCallbackSender } from "./http-callback-sender.ts";
