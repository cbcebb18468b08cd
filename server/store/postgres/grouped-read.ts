/** Point reads that come while another is under way share one statement: a round trip costs as much as fifty rows. */

interface Waiting<K, V> {
  readonly key: K;
  readonly resolve: (value: V) => void;
  readonly reject: (error: Error) => void;
}

const GROUP_MAX = 200;

export class GroupedRead<K, V> {
  readonly #read: (keys: readonly K[]) => Promise<readonly (() => V)[]>;
  #waiting: Waiting<K, V>[] = [];
  #isReading = false;

  /** `read` gives for each key what decodes its answer, so that a damaged one fails alone. */
  constructor(read: (keys: readonly K[]) => Promise<readonly (() => V)[]>) {
    this.#read = read;
  }

  read(key: K): Promise<V> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ key, resolve, reject });
      if (this.#isReading) return;
      this.#isReading = true;
      queueMicrotask(() => void this.#readAll());
    });
  }

  async #readAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, GROUP_MAX);
      try {
        const answers = await this.#read(group.map(({ key }) => key));
        group.forEach(({ resolve, reject }, index) => {
          try {
            resolve((answers[index] as () => V)());
          } catch (error) {
            reject(error as Error);
          }
        });
      } catch (error) {
        for (const { reject } of group) reject(error as Error);
      }
    }
    this.#isReading = false;
  }
}
