/** `perdure/common`: converters, failures and options that all parts share. */
export * from "../../sdk/common/index.ts";
export * from "../../sdk/common/protobuf-payload-converter.ts";
