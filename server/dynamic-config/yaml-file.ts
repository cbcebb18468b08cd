/**
 * A file in Temporal's form: under each key a list of values, each with the constraints it holds for.
 *
 *     frontend.namespaceRPS:
 *       - value: 100
 *       - value: 1000
 *         constraints: { namespace: "orders" }
 */
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { Document, Node } from "yaml";
import { ConfigError, readValue } from "./config-values.ts";
import type { ReadConfig } from "./config-values.ts";
import type { ConfigValue, Constraints, TaskType } from "./dynamic-config.ts";

/** Deeper aliases than these are an attack or a mistake. */
const ALIASES_MAX = 100;

const TASK_TYPES: ReadonlyMap<unknown, TaskType> = new Map<unknown, TaskType>([
  ["Workflow", "workflow"],
  ["Activity", "activity"],
  [1, "workflow"],
  [2, "activity"],
]);

/** Constraints of Temporal that have nothing to hold for here. */
const UNUSED_CONSTRAINTS: readonly string[] = ["namespaceid", "shardid", "destination", "chasmtasktype"];

class YamlFile {
  readonly #name: string;
  readonly #lines: LineCounter;
  readonly #document: Document;

  constructor(name: string, text: string) {
    this.#name = name;
    this.#lines = new LineCounter();
    this.#document = parseDocument(text, { lineCounter: this.#lines, uniqueKeys: true });
    const [error] = this.#document.errors;
    if (error !== undefined)
      throw new ConfigError(`${this.#at(error.pos[0])}: ${error.message.split(" at line ")[0] ?? error.code}`);
  }

  read(): ReadConfig {
    const { contents } = this.#document;
    if (contents === null || (isScalar(contents) && contents.value === null)) return { values: [], unknownKeys: [] };
    if (!isMap(contents)) throw this.#error(contents as Node, "wants keys, each with a list of values");
    const values: ConfigValue[] = [];
    const unknownKeys: string[] = [];
    for (const { key: keyNode, value: listNode } of contents.items) {
      const key = String((keyNode as { value?: unknown }).value);
      if (!isSeq(listNode)) throw this.#error((listNode ?? keyNode) as Node, `${key} wants a list of values`);
      const ofKey = listNode.items.map((item) => this.#value(key, item as Node));
      if (ofKey.some((value) => value === undefined)) unknownKeys.push(key);
      else values.push(...(ofKey as ConfigValue[]));
    }
    return { values, unknownKeys };
  }

  #value(key: string, item: Node): ConfigValue | undefined {
    if (!isMap(item) || !item.has("value")) throw this.#error(item, `an entry of ${key} wants a value`);
    const valueNode = item.get("value", true) as Node;
    const constraintsNode = item.get("constraints", true) as Node | undefined;
    const value: unknown = valueNode.toJS(this.#document, { maxAliasCount: ALIASES_MAX });
    return readValue(key, value, { where: this.#where(valueNode), constraints: this.#constraints(constraintsNode) });
  }

  #constraints(node: Node | undefined): Constraints {
    if (node === undefined || (isScalar(node) && node.value === null)) return {};
    if (!isMap(node)) throw this.#error(node, "constraints want names, such as namespace");
    const found: { namespace?: string; taskQueue?: string; taskType?: TaskType } = {};
    for (const { key, value } of node.items) {
      const name = String((key as { value?: unknown }).value).toLowerCase();
      const given = (value as { value?: unknown } | null)?.value;
      if (name === "namespace" || name === "taskqueuename") {
        if (typeof given !== "string") throw this.#error(key as Node, `${name} wants a text`);
        found[name === "namespace" ? "namespace" : "taskQueue"] = given;
      } else if (name === "tasktype" || name === "taskqueuetype") {
        const taskType = TASK_TYPES.get(given);
        if (taskType === undefined) throw this.#error(key as Node, `${name} wants "Workflow" or "Activity"`);
        found.taskType = taskType;
      } else if (!UNUSED_CONSTRAINTS.includes(name)) {
        throw this.#error(key as Node, `"${name}" is no constraint: there are namespace, taskQueueName and taskType`);
      }
    }
    return found;
  }

  #error(node: Node, text: string): ConfigError {
    return new ConfigError(`${this.#where(node)}: ${text}`);
  }

  #where(node: Node): string {
    return this.#at(node.range?.[0] ?? 0);
  }

  #at(offset: number): string {
    return `${this.#name} line ${this.#lines.linePos(offset).line}`;
  }
}

/** Throws ConfigError, whose message names the file and the line. */
export function readYaml(name: string, text: string): ReadConfig {
  return new YamlFile(name, text).read();
}
