import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Random, systemRandom } from "../../../base/index.ts";

/** Keeps bytes under names. Names are made of letters and digits. */
export interface BlobStore {
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** Rejects when there is nothing of this name. */
  get(name: string): Promise<Uint8Array>;
}

/** Files in a folder, spread over folders of two letters. A file is there whole or not at all. */
export class FileBlobStore implements BlobStore {
  readonly #folder: string;
  readonly #random: Random;

  constructor(folder: string, random: Random = systemRandom) {
    this.#folder = folder;
    this.#random = random;
  }

  async put(name: string, bytes: Uint8Array): Promise<void> {
    const folder = join(this.#folder, name.slice(0, 2));
    await mkdir(folder, { recursive: true });
    const unfinished = join(folder, `${name}.${this.#random.uuid()}`);
    await writeFile(unfinished, bytes, { flush: true });
    await rename(unfinished, join(folder, name));
  }

  get(name: string): Promise<Uint8Array> {
    return readFile(join(this.#folder, name.slice(0, 2), name));
  }
}

/** What is used of an S3 client: two functions over the SDK of your choice. */
export interface ObjectClient {
  putObject(object: { Bucket: string; Key: string; Body: Uint8Array }): Promise<unknown>;
  getObject(object: { Bucket: string; Key: string }): Promise<Uint8Array>;
}

/** Objects in a bucket. */
export class ObjectBlobStore implements BlobStore {
  readonly #client: ObjectClient;
  readonly #bucket: string;
  readonly #prefix: string;

  constructor(options: { client: ObjectClient; bucket: string; prefix?: string }) {
    this.#client = options.client;
    this.#bucket = options.bucket;
    this.#prefix = options.prefix ?? "";
  }

  async put(name: string, bytes: Uint8Array): Promise<void> {
    await this.#client.putObject({ Bucket: this.#bucket, Key: this.#prefix + name, Body: bytes });
  }

  get(name: string): Promise<Uint8Array> {
    return this.#client.getObject({ Bucket: this.#bucket, Key: this.#prefix + name });
  }
}
