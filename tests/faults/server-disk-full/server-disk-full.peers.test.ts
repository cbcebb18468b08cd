/** The disk under a whole server fills up, and is relieved: the server refuses, stays, reads, and goes on. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { Payload, Payloads } from "../../../api/gen/messages.js";
import { codeOf } from "../harness/connection.ts";
import { Load } from "../harness/load.ts";
import { checkMetering } from "../harness/read-runs.ts";
import { Scene, completeWorkflow, startTimer } from "../harness/scene.ts";
import { ServerProcess } from "../harness/server-process.ts";
import { SmallDisk } from "../harness/small-disk.ts";

const PORT = 17_960;
const DISK_MB = 24;
/** Room for all that the load keeps, so that only the ballast can fill the disk. */
const LOAD_DISK_MB = 256;
const UNAVAILABLE = 14;
const RESOURCE_EXHAUSTED = 8;
const NAMESPACE = { namespace: "default", identity: "scene" };
const input = Payloads.encode({ payloads: [Payload.encode({ data: Buffer.alloc(20_000, "x") })] });

function mount(megabytes = DISK_MB): SmallDisk | undefined {
  const disk = SmallDisk.mount(megabytes);
  if (disk === undefined)
    process.stderr.write("no right to mount a tmpfs: a full disk under the server was not tested\n");
  return disk;
}

test("a server on a full disk refuses what it cannot keep, answers what it can, and goes on when there is room", async () => {
  using disk = mount();
  if (disk === undefined) return;
  const folder = join(disk.path, "data");
  await using scene = await Scene.open({ port: PORT, folder });
  await scene.runTrivial("early");
  await scene.startWorkflow("waiting");
  await scene.doTask("waiting", [startTimer("t", 1_000)]);
  disk.fill(4_000_000);
  const acknowledged: string[] = [];
  let refusal: unknown;
  for (let i = 0; refusal === undefined; i++) {
    const request = {
      ...NAMESPACE,
      workflowId: `w${i}`,
      requestId: `w${i}`,
      input,
      taskQueue: { name: "w" },
      workflowType: { name: "scene" },
    };
    await scene.connection.call("startWorkflowExecution", request).then(
      () => acknowledged.push(`w${i}`),
      (error: unknown) => (refusal = error),
    );
  }
  expect([UNAVAILABLE, RESOURCE_EXHAUSTED]).toContain(codeOf(refusal));
  expect((refusal as Error).message).toMatch(/full/);
  expect(acknowledged.length).toBeGreaterThan(10);

  expect(await scene.history("early")).toHaveLength(5);
  for (const workflowId of [acknowledged[0], acknowledged.at(-1)]) {
    await scene.connection.insist("describeWorkflowExecution", { ...NAMESPACE, execution: { workflowId } });
  }
  const page = await scene.connection.insist<{ executions: unknown[] }>("listWorkflowExecutions", {
    ...NAMESPACE,
    pageSize: 1_000,
  });
  expect(page.executions).toHaveLength(acknowledged.length + 2);
  expect(scene.server.isRunning).toBe(true);

  disk.relieve();
  await scene.runTrivial("late");
  await scene.doTask("waiting", [completeWorkflow]);
  for (const workflowId of acknowledged) {
    await scene.connection.insist("terminateWorkflowExecution", { ...NAMESPACE, workflowExecution: { workflowId } });
  }
  expect(await scene.history("waiting")).toHaveLength(10);
  await scene.killAndStart();
  for (const workflowId of acknowledged) expect(await scene.history(workflowId)).toHaveLength(3);
});

test("a load that fills the disk three times loses nothing that was acknowledged", async () => {
  using disk = mount(LOAD_DISK_MB);
  if (disk === undefined) return;
  const folder = join(disk.path, "data");
  const server = await ServerProcess.start({ args: ["--port", String(PORT + 1), "--data", folder] });
  const load = new Load({ port: PORT + 1, seed: 3 });
  try {
    for (let round = 0; round < 3; round++) {
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      disk.fill(100_000);
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      disk.relieve();
    }
    const { runs, violations } = await load.settle(60_000);
    load.close();
    expect((await server.stop()).code).toBe(0);
    expect([...violations, ...(await checkMetering(folder, runs))]).toEqual([]);
    expect(server.stderr).toMatch(/commit failed/);
  } finally {
    load.close();
    await server.kill();
  }
});

test("a server that is killed on a full disk says why it does not start, or starts, and has everything once there is room", async () => {
  using disk = mount();
  if (disk === undefined) return;
  const folder = join(disk.path, "data");
  await using scene = await Scene.open({ port: PORT + 2, folder });
  for (let i = 0; i < 20; i++) await scene.startWorkflow(`w${i}`, { input });
  disk.fill(0);
  expect(
    codeOf(
      await scene.connection
        .call("startWorkflowExecution", {
          ...NAMESPACE,
          workflowId: "more",
          input,
          taskQueue: { name: "w" },
          workflowType: { name: "scene" },
        })
        .catch((error: unknown) => error),
    ),
  ).toBe(UNAVAILABLE);
  await scene.server.kill();
  const again = new ServerProcess({ args: ["--port", String(PORT + 2), "--data", folder] });
  if (!(await again.serves)) {
    const { code, stderr } = await again.exited;
    expect(stderr).toMatch(/^data folder .* full.*: free some space.* or choose another data folder\n$/);
    expect(code).toBe(1);
  }
  await again.kill();
  disk.relieve();
  await scene.start();
  for (let i = 0; i < 20; i++) expect(await scene.history(`w${i}`)).toHaveLength(2);
});
