import { describeStore } from "../conformance.ts";
import { sqliteUnderTest } from "./sqlite-folder.fixture.ts";

describeStore("sqlite inline", async () => sqliteUnderTest("inline"));
describeStore("sqlite thread", async () => sqliteUnderTest("thread"));
