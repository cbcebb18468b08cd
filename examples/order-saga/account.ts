/** What the demo prints: a line per happening with its time, a line that moves, and tables at the end. */
import { describeOutcome, totalCents } from "./order.ts";
import type { Step } from "./order.ts";
import { euros } from "./audit.ts";
import type { Finished, Question } from "./audit.ts";

const STEPS: readonly Step[] = ["reserving", "waiting for approval", "charging", "packing", "shipping", "undoing"];

export class Account {
  readonly #startedAt = performance.now();
  #moving = "";

  say(text: string): void {
    this.#clear();
    process.stdout.write(`${this.#time()}  ${text}\n`);
  }

  /** On a terminal the line is replaced; elsewhere it is printed when it changed. */
  progress(counts: ReadonlyMap<Step, number>, finished: number): void {
    const steps = STEPS.filter((step) => counts.has(step)).map((step) => `${counts.get(step)} ${step}`);
    const line = [`${finished} finished`, ...steps].join(" · ");
    if (line === this.#moving) return;
    this.#clear();
    this.#moving = line;
    process.stdout.write(process.stdout.isTTY ? `${this.#time()}  ${line}` : `${this.#time()}    ${line}\n`);
  }

  orders(finished: readonly Finished[], notes: ReadonlyMap<string, string>): void {
    this.#clear();
    const rows = finished.map(({ order, outcome }) => {
      const total = euros(totalCents(order)).padStart(9);
      const came = outcome.kind === "shipped" ? `shipped as ${outcome.trackingNumber}` : describeOutcome(outcome);
      return `  ${order.id}  ${order.customer.padEnd(17)} ${total}  ${came.padEnd(42)} ${notes.get(order.id) ?? ""}`.trimEnd();
    });
    process.stdout.write(`\n${rows.join("\n")}\n\n`);
  }

  questions(questions: readonly Question[]): void {
    for (const { name, answer, faults } of questions) {
      process.stdout.write(
        `  ${faults.length === 0 ? "✔" : "✘"} ${name.padEnd(9)} ${faults.length === 0 ? answer : ""}\n`,
      );
      for (const fault of faults) process.stdout.write(`      ${fault}\n`);
    }
  }

  #time(): string {
    return `${((performance.now() - this.#startedAt) / 1000).toFixed(1).padStart(5)} s`;
  }

  #clear(): void {
    if (this.#moving !== "" && process.stdout.isTTY) process.stdout.write("\r\u001b[2K");
    this.#moving = "";
  }
}
