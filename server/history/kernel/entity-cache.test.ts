import { expect, test } from "vitest";
import { Entity } from "./entity.ts";
import { EntityCache } from "./entity-cache.ts";
import type { Kind } from "./kind.ts";
import { Parts } from "./parts.ts";

function entityOf(id: number): Entity {
  const identity = { slot: 7, id, kind: 1, namespace: 1, businessId: `b${id}`, runId: `r${id}` };
  const kind = {} as Kind;
  return new Entity({ identity, kind, state: {}, parts: new Parts(() => 0), partsInRows: false, nextEventId: 1 });
}

test("entities come in order of their last use, the longest unused first", () => {
  const cache = new EntityCache();
  const entities = [1, 2, 3, 4].map(entityOf);
  for (const entity of entities) cache.add(entity, true);
  cache.touch(entities[1] as Entity, 10);
  cache.touch(entities[0] as Entity, 20);
  expect([...cache.entities()].map((entity) => entity.identity.id)).toEqual([3, 4, 2, 1]);
  expect(entities[0]?.touchedAt).toBe(20);
});

test("an entity that has left memory is not brought back by its last use", () => {
  const cache = new EntityCache();
  const entity = entityOf(1);
  cache.add(entity, true);
  cache.remove(entity);
  cache.touch(entity, 10);
  expect([...cache.entities()]).toEqual([]);
});
