/**
 * What is deployed today, with the hotfix: amounts are converted to euros before they are checked. Runs that are under
 * way replay their old pages as they were, and convert from the next page on: `patched` says which.
 */
import { patched } from "perdure/workflow";
import { ingestFrom, load, normalisePage, toEuros, validatePage } from "./source.ts";
import type { Progress, SourcePlan } from "./transaction.ts";

export { ingestion } from "./ingestion.ts";

export async function ingestSource(plan: SourcePlan): Promise<Progress> {
  return ingestFrom(plan, async (source, records) => {
    let transactions = await normalisePage(records);
    if (patched("convert-to-euros")) transactions = await toEuros(transactions);
    return load(source, await validatePage(transactions));
  });
}
