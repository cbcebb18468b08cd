/** What was deployed last week: yen are booked as if they were euros. Kept to show how the hotfix is deployed. */
import { ingestFrom, load, normalisePage, validatePage } from "./source.ts";
import type { Progress, SourcePlan } from "./transaction.ts";

export { ingestion } from "./ingestion.ts";

export async function ingestSource(plan: SourcePlan): Promise<Progress> {
  return ingestFrom(plan, async (source, records) => {
    const transactions = await normalisePage(records);
    return load(source, await validatePage(transactions));
  });
}
