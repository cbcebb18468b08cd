/** Files of this library, in the repository and in the package. */
const FRAMEWORK =
  /[\\/](?:perdure|sdk)[\\/](?:.*[\\/])?(?:common|workflow|worker|activity)[\\/](?!.*\.test\.)|perdure:/;

/**
 * The frames of the user's code: what called it, inside the library, is cut off. Frames at the top may be the
 * library's own, and stay.
 */
export function cutoffStackTrace(stack?: string): string {
  if (stack === undefined) return "";
  const lines = stack.split("\n");
  let seen = false;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string;
    if (!/^\s*at /.test(line)) continue;
    if (!FRAMEWORK.test(line)) seen = true;
    else if (seen) return lines.slice(0, at).join("\n");
  }
  return stack;
}
