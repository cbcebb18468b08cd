/** The search service as a program: `service-program.ts FOLDER PORT`. */
import { Ledger } from "../stage/ledger.ts";
import { startSearchService } from "./search-service.ts";

const [folder, port] = process.argv.slice(2);
const answered = new Ledger<string>(`${folder}/answered.jsonl`);
console.log((await startSearchService({ answered, port: Number(port), latencyMs: 300 })).url);
