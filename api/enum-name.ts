const namesOf = new WeakMap<object, Map<number, string>>();

/** The name of an enum's number, such as `EVENT_TYPE_TIMER_STARTED`; of a number that it has not, the number. */
export function enumName(values: Readonly<Record<string, number>>, number: number): string {
  let names = namesOf.get(values);
  if (names === undefined) {
    // Reversed, because of several names for one number the first is the current one.
    names = new Map(
      Object.entries(values)
        .map(([name, value]) => [value, name] as const)
        .toReversed(),
    );
    namesOf.set(values, names);
  }
  return names.get(number) ?? String(number);
}
