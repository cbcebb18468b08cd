import { afterEach, expect, test } from "vitest";
import { MemoryDisk, openMemoryStore } from "../store/index.ts";
import { DAY_MS, DutyScene } from "./duty-scene.fixture.ts";

const scenes: DutyScene[] = [];
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.stop();
});

async function inMemory(config: Record<string, unknown> = {}): Promise<DutyScene> {
  const disk = new MemoryDisk();
  const scene = new DutyScene(() => openMemoryStore({ disk }));
  scenes.push(scene);
  await scene.open(config);
  return scene;
}

const remove = (scene: DutyScene, namespace: string): Promise<Record<string, unknown>> =>
  scene.call("deleteNamespace", { namespace });

test("a deleted namespace's name is free at once, and all that was in it goes", async () => {
  const scene = await inMemory({ "frontend.deleteNamespacePageSize": 3 });
  const id = await scene.register("doomed", DAY_MS);
  for (const workflowId of ["a", "b", "c", "d", "e"]) await scene.start("doomed", workflowId);
  await scene.terminate("doomed", "b");
  await scene.start("default", "bystander");
  const { deletedNamespace } = await remove(scene, "doomed");
  expect(deletedNamespace).toBe(`doomed-deleted-${id.slice(0, 5)}`);
  const again = await scene.register("doomed", DAY_MS);
  expect(again).not.toBe(id);
  await scene.start("doomed", "a");
  await scene.time.advance(10_000);
  expect(scene.isKnown(id)).toBe(false);
  expect(await scene.listed("doomed")).toEqual(["a"]);
  expect(await scene.listed("default")).toEqual(["bystander"]);
});

test("a restart in the middle goes on with it", async () => {
  const scene = await inMemory({
    "frontend.deleteNamespacePageSize": 2,
    "frontend.deleteNamespaceDeleteActivityRPS": 1,
  });
  const id = await scene.register("doomed", DAY_MS);
  for (const workflowId of ["a", "b", "c", "d", "e"]) await scene.start("doomed", workflowId);
  await remove(scene, "doomed");
  await scene.time.advance(10);
  expect(scene.isKnown(id)).toBe(true);
  await scene.stop();
  await scene.open();
  await scene.time.advance(10_000);
  expect(scene.isKnown(id)).toBe(false);
  // Its number is not given to another: what may still be stored under it somewhere stays unseen.
  await scene.stop();
  await scene.open();
  await scene.register("next", DAY_MS);
  expect(await scene.listed("next")).toEqual([]);
});

test("it stays as long as it was asked to, refusing all work", async () => {
  const scene = await inMemory();
  const id = await scene.register("doomed", DAY_MS);
  await scene.start("doomed", "a");
  await scene.start("doomed", "b");
  await scene.call("deleteNamespace", {
    namespaceId: id,
    namespaceDeleteDelay: { seconds: 60, nanos: 0 },
  });
  const renamed = `doomed-deleted-${id.slice(0, 5)}`;
  await scene.time.advance(50_000);
  await expect(scene.start(renamed, "late")).rejects.toThrow(
    "Namespace has invalid state: Deleted. Must be Registered.",
  );
  expect(scene.isKnown(id)).toBe(true);
  const described = await scene.call("describeNamespace", { id });
  expect(described).toMatchObject({ namespaceInfo: { name: renamed, data: { "perdure.removed-executions": "2" } } });
  await scene.time.advance(20_000);
  expect(scene.isKnown(id)).toBe(false);
});

test("one whose state alone was set to deleted keeps its name and what is in it", async () => {
  const scene = await inMemory();
  const id = await scene.register("kept", DAY_MS);
  await scene.start("kept", "a");
  await scene.call("updateNamespace", {
    namespace: "kept",
    updateInfo: { state: 3 },
  });
  await scene.stop();
  await scene.open();
  await scene.time.advance(10_000);
  expect(scene.isKnown(id)).toBe(true);
});
