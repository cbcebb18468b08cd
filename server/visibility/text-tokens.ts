const TOKEN = /[\p{L}\p{M}\p{N}\p{Co}]+/gu;

/** The words a Text attribute is found by: runs of letters and digits in lower case, each once, in order. */
export function textTokens(text: string): string[] {
  return [...new Set(text.toLowerCase().match(TOKEN))];
}
