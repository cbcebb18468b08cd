import { connect } from "node:net";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Connection } from "@temporalio/client";
import { startServer } from "perdure/server";
import { expect, test } from "vitest";

async function namespacesOf(address: string): Promise<(string | null | undefined)[]> {
  const connection = await Connection.connect({ address });
  try {
    const { namespaces } = await connection.workflowService.listNamespaces({ pageSize: 10 });
    return namespaces.map(({ namespaceInfo }) => namespaceInfo?.name).filter((name) => name !== "temporal-system");
  } finally {
    await connection.close();
  }
}

test("several servers live in one process, and each ends with its scope", async () => {
  const addresses: string[] = [];
  {
    await using one = await startServer({ namespaces: ["one"] });
    await using two = await startServer({ namespaces: ["two"] });
    addresses.push(one.address, two.address);
    expect(await Promise.all(addresses.map(namespacesOf))).toEqual([["one"], ["two"]]);
  }
  for (const address of addresses) {
    const socket = connect(Number(address.split(":")[1]), "127.0.0.1");
    expect(await once(socket, "error")).toMatchObject([{ code: "ECONNREFUSED" }]);
  }
});

test("a folder that one server holds is refused to another, and free when the first is closed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "perdure-server-"));
  const data = { kind: "sqlite", folder } as const;
  try {
    {
      await using _first = await startServer({ data });
      await expect(startServer({ data })).rejects.toThrow(`data folder ${folder} is open in another server`);
    }
    await using again = await startServer({ data });
    expect(await namespacesOf(again.address)).toEqual(["default"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
