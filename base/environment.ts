/** The process's environment variables, the only door to them outside the programs' main files. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}
