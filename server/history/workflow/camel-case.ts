/** `COMMAND_TYPE_START_TIMER` without its prefix, as messages name it: `StartTimer`. */
export function camelCase(name: string, prefix: string): string {
  const words = name.slice(prefix.length).toLowerCase().split("_");
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}
