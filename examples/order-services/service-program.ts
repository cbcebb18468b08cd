/** The four services as a program: `service-program.ts FOLDER PORT…`, their ledgers in the folder. */
import { Ledger } from "../stage/ledger.ts";
import { startHttpService } from "./http-service.ts";
import { SERVICES } from "./services.ts";

const [folder = ".", ...ports] = process.argv.slice(2);
const services = Object.entries(SERVICES).map(([name, operations], i) =>
  startHttpService({ operations, ledger: new Ledger(`${folder}/${name}.jsonl`), port: Number(ports[i]) }),
);
console.log((await Promise.all(services)).map(({ url }) => url).join(" "));
