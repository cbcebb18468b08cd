/** The registries: namespaces, which everything else refers to, and the few entries beside them. */
import { isUuid, systemRandom } from "../../base/index.ts";
import { NamespaceRegistry } from "../frontend/index.ts";
import type { Finding } from "../history/index.ts";
import { CorruptionError } from "../store/errors.ts";
import { UNFINISHED_COPY_KEY } from "../store/index.ts";
import type { BulkReader } from "../store/index.ts";

const NAMESPACE_PREFIX = "namespace/";
const CLUSTER_ID_KEY = "cluster/id";

export interface CheckedRegistry {
  readonly namespaces: NamespaceRegistry;
  readonly entries: number;
  readonly findings: readonly Finding[];
}

export async function checkRegistry(reader: BulkReader): Promise<CheckedRegistry> {
  const findings: Finding[] = [];
  const namespaces = new NamespaceRegistry({ random: systemRandom, write: async () => {} });
  const seen: Seen = { numbers: new Map(), names: new Map() };
  let entries = 0;
  for await (const row of reader.meta()) {
    entries++;
    if (row instanceof CorruptionError) {
      findings.push({
        kind: "damaged-bytes",
        affected: row.what,
        problem: row.message.slice(row.what.length + " is ".length),
      });
      continue;
    }
    const { key, blob } = row;
    const report = (problem: string): void => {
      findings.push({ kind: "registry", affected: `registry entry ${JSON.stringify(key)}`, problem });
    };
    if (key === CLUSTER_ID_KEY && !isUuid(Buffer.from(blob).toString("utf8"))) report("it is not a UUID");
    if (key === UNFINISHED_COPY_KEY) report("the store is a copy that was not finished");
    if (key.startsWith(NAMESPACE_PREFIX)) await addNamespace({ key, blob }, { namespaces, seen, report });
  }
  return { namespaces, entries, findings };
}

interface Seen {
  readonly numbers: Map<number, string>;
  readonly names: Map<string, string>;
}

async function addNamespace(
  row: { readonly key: string; readonly blob: Uint8Array },
  { namespaces, seen, report }: { namespaces: NamespaceRegistry; seen: Seen; report: (problem: string) => void },
): Promise<void> {
  const id = row.key.slice(NAMESPACE_PREFIX.length);
  const before = namespaces.all().length;
  try {
    await namespaces.load({ readMeta: async () => [row] });
  } catch (error) {
    report(`it cannot be read: ${(error as Error).message}`);
    return;
  }
  const namespace = namespaces.byId(id);
  if (namespace === undefined) {
    report("it is the entry of another namespace");
    return;
  }
  const { number, name } = namespace;
  const twin = seen.numbers.get(number);
  if (twin !== undefined) report(`its number ${number} is that of ${twin}, too`);
  else if (namespaces.all().length === before) report(`its number ${number} is taken`);
  const namesake = seen.names.get(name);
  if (namesake !== undefined) report(`its name ${JSON.stringify(name)} is that of ${namesake}, too`);
  if (!(Number.isInteger(number) && number >= 1)) report(`its number is ${number}`);
  seen.numbers.set(number, id);
  seen.names.set(name, id);
}
