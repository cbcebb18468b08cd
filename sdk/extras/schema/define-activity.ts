import type { InputOf, OutputOf, StandardSchema } from "./standard-schema.ts";
import { validate } from "./validate.ts";

/** An activity with schemas: callable, and registered by its name. */
export interface ActivityDefinition<I extends StandardSchema<any, any>, O extends StandardSchema<any, any>> {
  /** In messages; the name under which the activity is registered is that of its property. */
  name?: string;
  input: I;
  /** Without it the result is what `fn` returns. */
  output?: O;
  fn(input: OutputOf<I>): InputOf<O> | Promise<InputOf<O>>;
}

/**
 * An activity of one argument whose input and result are checked. What does not fit fails it without a retry: the type
 * of the failure is `SchemaValidationFailure`, its message has the path, its details are the issues.
 *
 * @example
 * ```ts
 * export const charge = defineActivity({
 *   input: z.object({ orderId: z.string(), cents: z.int().positive() }),
 *   output: z.object({ receipt: z.string() }),
 *   fn: async ({ orderId, cents }) => ({ receipt: await pay(orderId, cents) }),
 * });
 * ```
 */
export function defineActivity<I extends StandardSchema<any, any>, O extends StandardSchema<any, any>>(
  definition: ActivityDefinition<I, O> & { output: O },
): (input: InputOf<I>) => Promise<OutputOf<O>>;
export function defineActivity<I extends StandardSchema<any, any>, R>(definition: {
  name?: string;
  input: I;
  fn(input: OutputOf<I>): R;
}): (input: InputOf<I>) => Promise<Awaited<R>>;
export function defineActivity({ name, input, output, fn }: ActivityDefinition<any, any>): (input: unknown) => unknown {
  const of = name === undefined ? "of the activity" : `of activity ${name}`;
  return async (value: unknown) => {
    const result: unknown = await fn(await validate(input, value, `Input ${of}`));
    return output === undefined ? result : validate(output, result, `Result ${of}`);
  };
}
