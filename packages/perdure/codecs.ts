/** `perdure/codecs`: payload codecs for compression, encryption and large values. */
export * from "../../sdk/extras/codecs/blob-store.ts";
export * from "../../sdk/extras/codecs/compression-codec.ts";
export * from "../../sdk/extras/codecs/encryption-codec.ts";
export * from "../../sdk/extras/codecs/large-payload-codec.ts";
