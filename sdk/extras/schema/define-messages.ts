/**
 * Signals, queries and updates whose values are checked where they cross between processes.
 *
 * 1. Who sends is refused what does not fit before it leaves: schemas travel with the definition as its type information.
 * 2. The workflow checks again, as not every sender has the definition: an update is rejected, a query fails, a signal,
 *    which nobody waits for, is dropped with a warning.
 * 3. What is sent is the input itself; each side applies the schema's defaults and transformations to what it receives.
 */
import type { QueryDefinition, SignalDefinition, TypeInfo, UpdateDefinition } from "../../common/index.ts";
import { log } from "../../workflow/log.ts";
import * as plain from "../../workflow/message-definitions.ts";
import type {
  QueryHandlerOptions,
  SignalHandlerOptions,
  UpdateHandlerOptions,
} from "../../workflow/message-definitions.ts";
import type { InputOf, OutputOf, StandardSchema } from "./standard-schema.ts";
import { validateNow } from "./validate.ts";

type Schema = StandardSchema<any, any>;

/** A message of one argument, or of none. */
type ArgumentsOf<I> = I extends Schema ? [input: InputOf<I>] : [];
type ReceivedBy<I> = I extends Schema ? [input: OutputOf<I>] : [];

/** A signal whose arguments have a schema. */
export interface SchemaSignal<I extends Schema | undefined> extends SignalDefinition<ArgumentsOf<I>> {
  /** Attaches the workflow's code, as `setHandler` does; it is called with what fits. */
  handle(handler: (...args: ReceivedBy<I>) => void | Promise<void>, options?: SignalHandlerOptions): void;
}

/** A query whose arguments and answer have schemas. */
export interface SchemaQuery<I extends Schema | undefined, O extends Schema> extends QueryDefinition<
  OutputOf<O>,
  ArgumentsOf<I>
> {
  handle(handler: (...args: ReceivedBy<I>) => InputOf<O>, options?: QueryHandlerOptions): void;
}

/** An update whose arguments and answer have schemas. */
export interface SchemaUpdate<I extends Schema | undefined, O extends Schema> extends UpdateDefinition<
  OutputOf<O>,
  ArgumentsOf<I>
> {
  /** `validator` comes after the schema and gets what the schema gives. */
  handle(
    handler: (...args: ReceivedBy<I>) => InputOf<O> | Promise<InputOf<O>>,
    options?: UpdateHandlerOptions<ReceivedBy<I>>,
  ): void;
}

/**
 * @example
 * ```ts
 * export const approve = defineSignal("approve", { input: z.object({ by: z.email() }) });
 * // in the workflow: approve.handle(({ by }) => void approvals.push(by));
 * // outside: await handle.signal(approve, { by: "ann@example.org" });
 * ```
 */
export function defineSignal<I extends Schema | undefined = undefined>(
  name: string,
  { input }: { input?: I } = {},
): SchemaSignal<I> {
  const what = `Input of signal ${name}`;
  const definition = plain.defineSignal<any[]>(name, { typeInfo: typeInfoOf(what, input) });
  const handle = (handler: (...args: any[]) => void | Promise<void>, options?: SignalHandlerOptions): void => {
    const checked = (...args: unknown[]): void | Promise<void> => {
      let fitting: unknown[];
      try {
        fitting = argumentsOf(args, what, input);
      } catch (error) {
        log.warn("A signal was dropped", { signalName: name, reason: (error as Error).message });
        return undefined;
      }
      return handler(...fitting);
    };
    plain.setHandler(definition, checked, options);
  };
  return Object.assign(definition, { handle }) as unknown as SchemaSignal<I>;
}

/** As `defineSignal`; what the handler returns is checked, too. */
export function defineQuery<O extends Schema, I extends Schema | undefined = undefined>(
  name: string,
  { input, output }: { input?: I; output: O },
): SchemaQuery<I, O> {
  const what = `Input of query ${name}`;
  const ofResult = `Result of query ${name}`;
  const definition = plain.defineQuery<any, any[]>(name, { typeInfo: typeInfoOf(what, input, ofResult, output) });
  const handle = (handler: (...args: any[]) => unknown, options?: QueryHandlerOptions): void => {
    const checked = (...args: unknown[]): unknown => {
      const result = handler(...argumentsOf(args, what, input));
      validateNow(output, result, ofResult);
      return result;
    };
    plain.setHandler(definition, checked, options);
  };
  return Object.assign(definition, { handle }) as unknown as SchemaQuery<I, O>;
}

/** As `defineSignal`; what does not fit is rejected and not written down, and what the handler returns is checked, too. */
export function defineUpdate<O extends Schema, I extends Schema | undefined = undefined>(
  name: string,
  { input, output }: { input?: I; output: O },
): SchemaUpdate<I, O> {
  const what = `Input of update ${name}`;
  const ofResult = `Result of update ${name}`;
  const definition = plain.defineUpdate<any, any[]>(name, { typeInfo: typeInfoOf(what, input, ofResult, output) });
  const handle = (handler: (...args: any[]) => unknown, options: UpdateHandlerOptions<any[]> = {}): void => {
    const checked = async (...args: unknown[]): Promise<unknown> => {
      const result = await handler(...argumentsOf(args, what, input));
      validateNow(output, result, ofResult);
      return result;
    };
    const validator = (...args: unknown[]): void => {
      const fitting = argumentsOf(args, what, input);
      options.validator?.(...fitting);
    };
    plain.setHandler(definition, checked, { ...options, validator });
  };
  return Object.assign(definition, { handle }) as unknown as SchemaUpdate<I, O>;
}

function argumentsOf(args: unknown[], what: string, input: Schema | undefined): unknown[] {
  return input === undefined ? [] : [validateNow(input, args[0], what)];
}

/** The sender checks its input and takes the result as its schema gives it. The workflow's side is `handle`. */
function typeInfoOf(
  what: string,
  input: Schema | undefined,
  ofResult?: string,
  output?: Schema,
): { inputTypes?: TypeInfo[]; outputType?: TypeInfo } {
  return {
    ...(input !== undefined && {
      inputTypes: [
        {
          transferTypeConverter: {
            toTransferType: (value: unknown) => (validateNow(input, value, what), value),
            fromTransferType: (value: unknown) => value,
          },
        },
      ],
    }),
    ...(output !== undefined && {
      outputType: {
        transferTypeConverter: {
          toTransferType: (value: unknown) => value,
          fromTransferType: (value: unknown) => validateNow(output, value, ofResult as string),
        },
      },
    }),
  };
}
