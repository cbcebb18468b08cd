import { z } from "zod";
import { defineActivity } from "./define-activity.ts";

export const charge = defineActivity({
  name: "charge",
  input: z.object({ orderId: z.string(), cents: z.coerce.number().positive() }),
  output: z.object({ receipt: z.string() }),
  fn: async ({ orderId, cents }) =>
    orderId === "broken" ? ({ receipt: 1 } as never) : { receipt: `${orderId} ${cents + 1}` },
});
