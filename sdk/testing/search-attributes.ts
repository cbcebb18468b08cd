import { IndexedValueType } from "../client/index.ts";
import type { Connection } from "../connection/index.ts";

type Type = keyof typeof IndexedValueType;

export async function registerSearchAttributes(
  connection: Connection,
  namespace: string,
  attributes: readonly { readonly name: string; readonly type: string }[],
): Promise<void> {
  const searchAttributes: Record<string, (typeof IndexedValueType)[Type]> = {};
  for (const { name, type } of attributes) {
    if (!Object.hasOwn(IndexedValueType, type))
      throw new TypeError(`search attribute ${name} has the unknown type ${type}`);
    searchAttributes[name] = IndexedValueType[type as Type];
  }
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
}
