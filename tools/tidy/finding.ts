/** One thing that tidy found. */
export interface Finding {
  /** Path from the root of the repository. */
  readonly file: string;
  readonly line?: number | undefined;
  readonly message: string;
}

export function formatFinding({ file, line, message }: Finding): string {
  return line === undefined ? `${file}: ${message}` : `${file}:${line}: ${message}`;
}

export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) line++;
  return line;
}
