/** The web application as a program: `web-program.ts ADDRESS PORT`. */
import { Client, Connection } from "perdure/client";
import { startWeb } from "./web.ts";

const [address, port] = process.argv.slice(2);
const connection = await Connection.connect({ address });
console.log((await startWeb(new Client({ connection }), Number(port))).url);
