import { NamespaceRecord } from "../gen/messages.js";
import type { NamespaceRecord as Record_ } from "../gen/messages.js";
import type { Random } from "../../../base/index.ts";
import { namespaceAlreadyExists, namespaceNotFound } from "../../../api/errors.ts";
import type { Namespace, NamespaceDirectory } from "../../history/index.ts";
import type { MetaWrite, Store } from "../../store/store.ts";
import type { AttributeType } from "../../store/visibility.ts";
import { decodeCustomAttributes, encodeCustomAttributes } from "../../visibility/index.ts";
import type { AttributeField, CustomAttributes } from "../../visibility/index.ts";

const META_PREFIX = "namespace/";
/** The largest number that a namespace which is gone ever had: numbers are never used again. */
const LAST_NUMBER_KEY = "namespaces/last-number";

/** A namespace as this server knows it. Records are replaced as a whole, never changed. */
export class KnownNamespace implements Namespace {
  readonly record: Record_;
  readonly customAttributes: CustomAttributes;

  constructor(record: Record_) {
    this.record = record;
    this.customAttributes = decodeCustomAttributes(record.searchAttributes);
  }

  get number(): number {
    return this.record.number;
  }

  get id(): string {
    return this.record.id;
  }

  get name(): string {
    return this.record.name;
  }

  get retentionMs(): number {
    return this.record.retentionMs;
  }

  attributeType(name: string): AttributeType | undefined {
    return this.customAttributes.named(name)?.type;
  }

  writtenAttribute(name: string): AttributeField | undefined {
    return this.customAttributes.written(name);
  }

  /** The registry view that queries are resolved with. */
  typeOf(name: string): AttributeType | undefined {
    return this.attributeType(name);
  }

  fieldOf(name: string): string {
    return this.customAttributes.named(name)?.field ?? name;
  }
}

/** All namespaces, in memory; every change is durable before it is seen. */
export class NamespaceRegistry implements NamespaceDirectory {
  readonly #random: Random;
  readonly #write: (writes: readonly MetaWrite[]) => Promise<void>;
  readonly #byNumber = new Map<number, KnownNamespace>();
  readonly #byName = new Map<string, KnownNamespace>();
  readonly #byId = new Map<string, KnownNamespace>();
  #lastNumber = 0;
  /** Changes run one after the other. */
  #changes: Promise<unknown> = Promise.resolve();

  constructor(options: { random: Random; write: (writes: readonly MetaWrite[]) => Promise<void> }) {
    this.#random = options.random;
    this.#write = options.write;
  }

  async load(store: Pick<Store, "readMeta">): Promise<void> {
    for (const { blob } of await store.readMeta(LAST_NUMBER_KEY))
      this.#lastNumber = Number(Buffer.from(blob).toString());
    for (const { blob } of await store.readMeta(META_PREFIX))
      this.#put(new KnownNamespace(NamespaceRecord.decode(Uint8Array.from(blob))));
  }

  byNumber(number: number): KnownNamespace | undefined {
    return this.#byNumber.get(number);
  }

  byName(name: string): KnownNamespace | undefined {
    return this.#byName.get(name);
  }

  byId(id: string): KnownNamespace | undefined {
    return this.#byId.get(id);
  }

  /** By name, or NOT_FOUND as SDKs expect it. */
  require(name: string): KnownNamespace {
    const found = this.#byName.get(name);
    if (found === undefined) throw namespaceNotFound(name);
    return found;
  }

  all(): KnownNamespace[] {
    return [...this.#byNumber.values()].sort((a, b) => a.number - b.number);
  }

  /** Registers a namespace; a name that is taken is refused. */
  register(record: Partial<Record_> & { name: string }): Promise<KnownNamespace> {
    return this.#inTurn(async () => {
      if (this.#byName.has(record.name)) throw namespaceAlreadyExists(`Namespace "${record.name}" already exists`);
      const id = record.id === undefined || record.id === "" ? this.#random.uuid() : record.id;
      return this.#store({ ...NamespaceRecord.decode(new Uint8Array(0)), ...record, id, number: this.#lastNumber + 1 });
    });
  }

  /** Replaces a namespace's record by what `change` makes of it. */
  update(name: string, change: (record: Record_) => Record_): Promise<KnownNamespace> {
    return this.#inTurn(async () => this.#store(change(this.require(name).record)));
  }

  /** The same by id: a name may have gone to another namespace. */
  updateById(id: string, change: (record: Record_) => Record_): Promise<KnownNamespace> {
    return this.#inTurn(async () => {
      const known = this.#byId.get(id);
      if (known === undefined) throw namespaceNotFound(id);
      return this.#store(change(known.record));
    });
  }

  /** Nothing is left of it. */
  remove(id: string): Promise<void> {
    return this.#inTurn(async () => {
      const known = this.#byId.get(id);
      if (known === undefined) return;
      await this.#write([
        { key: `${META_PREFIX}${id}`, blob: undefined },
        { key: LAST_NUMBER_KEY, blob: Buffer.from(String(this.#lastNumber)) },
      ]);
      this.#byId.delete(id);
      this.#byNumber.delete(known.number);
      this.#forgetName(known);
    });
  }

  setAttributes(name: string, change: (custom: CustomAttributes) => CustomAttributes): Promise<KnownNamespace> {
    return this.#inTurn(async () => {
      const known = this.require(name);
      return this.#store({ ...known.record, searchAttributes: encodeCustomAttributes(change(known.customAttributes)) });
    });
  }

  async #store(record: Record_): Promise<KnownNamespace> {
    await this.#write([{ key: `${META_PREFIX}${record.id}`, blob: NamespaceRecord.encode(record) }]);
    const known = new KnownNamespace(record);
    const before = this.#byId.get(record.id);
    if (before !== undefined && before.name !== known.name) this.#forgetName(before);
    this.#put(known);
    return known;
  }

  #put(known: KnownNamespace): void {
    this.#byNumber.set(known.number, known);
    this.#byName.set(known.name, known);
    this.#byId.set(known.id, known);
    this.#lastNumber = Math.max(this.#lastNumber, known.number);
  }

  #forgetName(known: KnownNamespace): void {
    if (this.#byName.get(known.name)?.id === known.id) this.#byName.delete(known.name);
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#changes.then(change, change);
    this.#changes = turn.catch(() => undefined);
    return turn;
  }
}
