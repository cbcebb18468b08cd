import { afterAll, beforeAll, expect, test } from "vitest";
import type { Client } from "pg";
import { TEST_URL } from "./database.fixture.ts";
import { openSession } from "./session.ts";

let client: Client;
beforeAll(async () => {
  client = await openSession({ url: TEST_URL, schema: "public", statementMsMax: 30_000, plansByKey: false });
});
afterAll(() => client.end());

/** Around what is small, what fits into the buffer, and what gets one of its own. */
const SIZES = [0, 1, 8_000, 8_200, 100_000, 99_999, 4_194_000, 4_300_000, 20_000];

test("parameters of any size arrive as they were sent, one statement after the other", async () => {
  for (const [index, size] of SIZES.entries()) {
    const bytes = Buffer.alloc(size, `${index}#`);
    const { rows } = await client.query({
      name: "sizes",
      text: "SELECT $1::bytea AS bytes, $2::int8 AS number, $3::bytea AS rest",
      values: [bytes, -(2 ** 53 - 1), bytes.subarray(size / 2)],
    });
    expect(rows[0].number).toBe(-(2 ** 53 - 1));
    expect(bytes.equals(rows[0].bytes)).toBe(true);
    expect(bytes.subarray(size / 2).equals(rows[0].rest)).toBe(true);
  }
});

test("values of other kinds may stand beside large ones", async () => {
  const values = [Buffer.alloc(50_000, "x"), "naïve", null, true, undefined];
  const text =
    "SELECT length($1::bytea) AS length, $2::text AS text, $3::text AS nothing, $4::bool AS yes, $5::text AS none";
  const { rows } = await client.query({ text, values });
  expect(rows).toEqual([{ length: 50_000, text: "naïve", nothing: null, yes: true, none: null }]);
});

test("a statement that is refused leaves the session to the next", async () => {
  const text = "SELECT 1 / (length($1::bytea) - 50000)";
  await expect(client.query({ text, values: [Buffer.alloc(50_000)] })).rejects.toThrow("division by zero");
  const { rows } = await client.query({ text: "SELECT length($1::bytea) AS length", values: [Buffer.alloc(60_000)] });
  expect(rows).toEqual([{ length: 60_000 }]);
});
