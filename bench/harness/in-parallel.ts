/** Runs `one` so many times, at most `inFlight` at once; answers what they answered, in the order in which they ended. */
export async function inParallel<T>(
  { count, inFlight }: { count: number; inFlight: number },
  one: (index: number) => Promise<T>,
): Promise<T[]> {
  const answers: T[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) answers.push(await one(next++));
  };
  await Promise.all(Array.from({ length: Math.min(inFlight, count) }, lane));
  return answers;
}
