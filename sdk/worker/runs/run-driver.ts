/** Takes a run's activations to its code and the completions back, through the codecs. Awaits only what is a promise. */
import { decodeWith, encodeWith } from "../../common/host/codec-runner.ts";
import type { PayloadTransform } from "../../common/host/codec-runner.ts";
import type { PayloadCodec } from "../../common/payload-codec.ts";
import { defaultPayloadConverter } from "../../common/payload-converter.ts";
import type {
  Activation,
  ActivationCompletion,
  QueryWorkflow,
  SinkCallRecord,
  WorkflowRun,
} from "../../workflow/activation.ts";
import { decodeActivation, encodeCompletion } from "./activation-codec.ts";
import { ONLY_QUERY } from "./queries.ts";
import type { RunMachine } from "./run-machine.ts";
import type { RunIdentity } from "./run-state.ts";

export interface DriverParts {
  /** See `WorkflowHost.drive`. */
  drive(code: WorkflowRun, activation: Activation): ActivationCompletion | Promise<ActivationCompletion>;
  /** See `WorkflowHost.driveThrough`; used where nothing has to be awaited. */
  driveThrough?(code: WorkflowRun, step: () => boolean): Promise<ActivationCompletion | undefined>;
  onSinkCalls(calls: readonly SinkCallRecord[], run: RunIdentity): void;
  readonly codecs: readonly PayloadCodec[];
}

export interface Driven {
  readonly machine: RunMachine;
  readonly code: WorkflowRun;
}

const STACKS: QueryWorkflow = {
  kind: "queryWorkflow",
  queryId: ONLY_QUERY,
  queryType: "__stack_trace",
  arguments: [],
  headers: {},
};

export class RunDriver {
  readonly #parts: DriverParts;
  readonly #run: RunIdentity;
  readonly #decode: PayloadTransform;
  readonly encode: PayloadTransform;

  constructor(parts: DriverParts, run: RunIdentity) {
    this.#parts = parts;
    this.#run = run;
    const { namespace, workflowId } = run;
    const context = { type: "workflow" as const, namespace, workflowId };
    this.#decode = decodeWith(parts.codecs, context);
    this.encode = encodeWith(parts.codecs, context);
  }

  /** All activations that need nothing from outside. */
  async driveAll(driven: Driven): Promise<void> {
    const { machine } = driven;
    for (let next = machine.nextActivation(); next !== undefined; next = machine.nextActivation()) {
      const pending = this.drive(driven, next);
      if (pending !== undefined) await pending;
    }
  }

  /**
   * Drives the task that has begun, and those that `begin` begins, as long as they are replayed. Says whether the last of
   * them is not: then it has only begun.
   */
  async replay(driven: Driven, begin: () => boolean): Promise<boolean> {
    const { machine, code } = driven;
    let hasBegun = true;
    const goOn = (): boolean => {
      hasBegun = false;
      if (machine.failure !== undefined) return false;
      machine.endTask();
      hasBegun = begin();
      return hasBegun && machine.run.isReplaying;
    };
    if (this.#parts.driveThrough === undefined || this.#decode !== undefined) {
      do await this.driveAll(driven);
      while (goOn());
      return hasBegun;
    }
    const stopped = await this.#parts.driveThrough(code, () => {
      this.#driveAllAtOnce(driven);
      return goOn();
    });
    if (stopped === undefined) return hasBegun;
    machine.complete(stopped);
    return false;
  }

  #driveAllAtOnce(driven: Driven): void {
    const { machine } = driven;
    for (let next = machine.nextActivation(); next !== undefined; next = machine.nextActivation()) {
      if (this.drive(driven, next) !== undefined) throw new Error("The host of workflow code does not answer at once");
    }
  }

  drive(driven: Driven, activation: Activation): Promise<void> | undefined {
    const decoded = decodeActivation(this.#decode, activation);
    if (decoded instanceof Promise) return decoded.then((whole) => this.#drive(driven, whole));
    return this.#drive(driven, decoded);
  }

  /** Where the code waits, when its places are recorded: the innermost call of each. */
  async waits({ machine, code }: Driven): Promise<string[]> {
    const completion = await this.#parts.drive(code, machine.queryActivation([STACKS]));
    const answer = completion.status === "successful" ? completion.commands[0] : undefined;
    if (answer?.kind !== "respondToQuery" || answer.result.status !== "succeeded") return [];
    const text = defaultPayloadConverter.fromPayload<string>(answer.result.response);
    return text
      .split("\n\n")
      .map((stack) => stack.split("\n", 1)[0]?.trim() ?? "")
      .filter((place) => place.startsWith("at "));
  }

  #drive(driven: Driven, activation: Activation): Promise<void> | undefined {
    const completion = this.#parts.drive(driven.code, activation);
    if (completion instanceof Promise) return completion.then((whole) => this.#complete(driven, whole));
    return this.#complete(driven, completion);
  }

  #complete({ machine, code }: Driven, completion: ActivationCompletion): Promise<void> | undefined {
    const calls = code.takeSinkCalls();
    if (calls.length > 0) this.#parts.onSinkCalls(calls, this.#run);
    const encoded = encodeCompletion(this.encode, completion);
    if (encoded instanceof Promise) return encoded.then((whole) => machine.complete(whole));
    machine.complete(encoded);
    return undefined;
  }
}
