/**
 * What a promise is rejected with. Concurrent tests share one `expect`, and its `.rejects` charges a failure to whichever test began
 * last; an awaited value is charged to the test that compares it.
 */
export async function rejectionOf(promise: PromiseLike<unknown>): Promise<unknown> {
  let result: unknown;
  try {
    result = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`expected a rejection, got ${JSON.stringify(result)?.slice(0, 200)}`);
}
