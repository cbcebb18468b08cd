/** `perdure/codecs`: payload codecs for encryption and for large values. */
export * from "../../sdk/extras/codecs/blob-store.ts";
export * from "../../sdk/extras/codecs/encryption-codec.ts";
export * from "../../sdk/extras/codecs/large-payload-codec.ts";
