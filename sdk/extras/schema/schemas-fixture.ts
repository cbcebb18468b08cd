/** The same schemas in three libraries. */
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import type { StandardSchema } from "./standard-schema.ts";

export interface Order {
  readonly id: string;
  readonly items: { readonly sku: string; readonly count: number }[];
}

/** `id` is cut at both ends, `count` is at least 1. */
export const orderSchemas: Readonly<Record<string, StandardSchema<Order>>> = {
  zod: z.object({
    id: z.string().trim(),
    items: z.array(z.object({ sku: z.string(), count: z.number().min(1) })),
  }),
  valibot: v.object({
    id: v.pipe(v.string(), v.trim()),
    items: v.array(v.object({ sku: v.string(), count: v.pipe(v.number(), v.minValue(1)) })),
  }),
  arktype: type({ id: "string.trim", items: type({ sku: "string", count: "number >= 1" }).array() }),
};

export const asynchronous = z.string().refine(async (text) => text !== "");
