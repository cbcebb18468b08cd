/** Does nothing, so that what is measured is the server. */
export async function greet(name: string): Promise<string> {
  return `hello ${name}`;
}
