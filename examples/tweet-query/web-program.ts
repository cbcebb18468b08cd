/** The gateway as a program: `web-program.ts ADDRESS PORT`. */
import { Client, Connection } from "perdure/client";
import { startGateway } from "./gateway.ts";

const [address, port] = process.argv.slice(2);
const client = new Client({ connection: await Connection.connect({ address }) });
console.log((await startGateway({ client, now: async () => Date.now(), port: Number(port) })).url);
