/** Converters and codecs: what is on the wire is theirs, what code sees is not. */
import { webcrypto } from "node:crypto";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { Client } from "../../../sdk/client/index.ts";
import type { DataConverter } from "../../../sdk/common/index.ts";
import { AesCodec } from "./aes-codec.ts";
import { failureOf } from "./chain.ts";
import type { Area } from "./define.ts";
import { Scene, WORKFLOWS_PATH } from "./stage.ts";
import * as workflows from "./workflows/index.ts";

const w = workflows;
const PAYLOAD_CONVERTER = fileURLToPath(new URL("payload-converter.ts", import.meta.url));
const FAILURE_CONVERTER = fileURLToPath(new URL("failure-converter.ts", import.meta.url));

class Converted extends Scene {
  override readonly client: Client;
  readonly codec: AesCodec | undefined;

  constructor(scene: Scene, dataConverter: DataConverter) {
    super(scene.stage, scene.taskQueue);
    const { connection, namespace } = scene.stage;
    this.client = new Client({ connection, namespace, dataConverter });
    this.codec = dataConverter.payloadCodecs?.[0] as AesCodec | undefined;
  }

  /** All that the server has of the workflow. */
  async wire(workflowId: string = this.id): Promise<string> {
    const { events } = await this.client.workflow.getHandle(workflowId).fetchHistory();
    return JSON.stringify(events, (_, value: unknown) =>
      value instanceof Uint8Array
        ? Buffer.from(value).toString("latin1")
        : typeof value === "bigint"
          ? `${value}`
          : value,
    );
  }
}

const SECRET = "a-very-secret-word";

export const converters: Area = ({ it }) => {
  const withConverter =
    (dataConverter: DataConverter, inline: boolean) =>
    (name: string, body: (scene: Converted) => Promise<void>): void =>
      it(name + (inline ? " [inline]" : ""), ({ stage }) => {
        const host = inline ? { workflows } : { workflowsPath: WORKFLOWS_PATH };
        const { payloadCodecs, ...paths } = dataConverter;
        const worker = JSON.stringify([payloadCodecs?.length, Object.keys(paths), inline]);
        return stage.withSharedWorker(worker, { dataConverter, ...host }, (own) =>
          body(new Converted(own, dataConverter)),
        );
      });
  const encrypted: DataConverter = { payloadCodecs: [new AesCodec(webcrypto.getRandomValues(new Uint8Array(32)))] };

  for (const inline of [false, true]) {
    const at = withConverter(encrypted, inline);
    at("a codec: arguments and results of workflow and activity are encrypted", async (scene) => {
      expect(await scene.execute(w.calls, { args: ["echo", [SECRET]] })).toBe(SECRET);
      expect(await scene.wire()).not.toContain(SECRET);
    });

    at("a codec: signals, queries and updates are encrypted", async (scene) => {
      const handle = await scene.start(w.collects);
      await handle.signal(w.add, SECRET);
      expect(await handle.query(w.items)).toEqual([SECRET]);
      await handle.signal(w.finish, SECRET);
      expect(await handle.result()).toEqual([SECRET]);
      expect(await scene.wire()).not.toContain(SECRET);
      const other = await scene.start(w.dynamicUpdates, { workflowId: `${scene.id}-2` });
      expect(await other.executeUpdate("x", { args: [SECRET] })).toBe("did x");
      expect(await scene.wire(`${scene.id}-2`)).not.toContain(SECRET);
    });

    at("a codec: children, local activities and memos are encrypted", async (scene) => {
      const memo = { word: SECRET };
      expect(await scene.execute(w.executesChild, { args: ["returns", [SECRET]], memo })).toBe(SECRET);
      expect(await scene.wire()).not.toContain(SECRET);
      const workflowId = `${scene.id}-2`;
      expect(await scene.execute(w.localCalls, { args: ["echo", [SECRET]], workflowId })).toBe(SECRET);
      expect(await scene.wire(workflowId)).not.toContain(SECRET);
      expect((await scene.client.workflow.getHandle(scene.id).describe()).memo).toEqual(memo);
    });

    at("a codec: details of failures are encrypted", async (scene) => {
      const chain = await failureOf(scene.execute(w.failsWithOptions, { args: [{ message: "m", details: [SECRET] }] }));
      expect(chain?.[1]).toMatchObject({ details: [SECRET] });
      expect(await scene.wire()).not.toContain(SECRET);
    });

    at("a codec: heartbeat details come back", async (scene) => {
      const args: Parameters<typeof w.calls> = ["resumes", [], { heartbeatTimeout: 5_000 }];
      expect(await scene.execute(w.calls, { args })).toEqual([3, { done: 2 }]);
    });

    const hiding = withConverter({ ...encrypted, failureConverterPath: FAILURE_CONVERTER }, inline);
    hiding("encoded failures: messages and stacks are hidden on the wire", async (scene) => {
      const chain = await failureOf(scene.execute(w.failsWith, { args: [SECRET] }));
      expect(chain?.[1]).toMatchObject({ message: SECRET, type: "Custom" });
      expect(await scene.wire()).not.toContain(SECRET);
    });
  }

  const rich = withConverter({ payloadConverterPath: PAYLOAD_CONVERTER }, false);
  rich("a payload converter of one's own carries dates and big numbers, also in the sandbox", async (scene) => {
    const day = new Date(1_700_000_000_000);
    const [isDate, later, type] = await scene.execute(w.carriesRichValues, { args: [day, 10n ** 20n] });
    expect(isDate).toBe(true);
    expect(type).toBe("bigint");
    expect(new Date(later as string).getTime()).toBe(day.getTime() + 1);
  });

  withConverter(encrypted, false)("a client without the key does not read results", async (scene) => {
    await scene.execute(w.returns, { args: [SECRET] });
    const { connection, namespace } = scene.stage;
    const stranger = new Client({ connection, namespace });
    await expect(stranger.workflow.getHandle(scene.id).result()).rejects.toThrow(/encoding/i);
  });
};
