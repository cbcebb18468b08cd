import { oneOf, parseFlags, UsageError } from "../../server/command/index.ts";

export const USAGE = `Usage: perdure replay CODE HISTORY...
       perdure replay CODE --query QUERY [options]

Replays histories against workflow code: does the code still do what it did?

  CODE                 the module of the workflows, as a worker's workflowsPath
  HISTORY              files of histories, JSON as Temporal's tools write it or an encoded History
  --query QUERY        histories of a server instead: of the workflows that the query finds
  --limit N            so many of them at most (100)
  --address HOST:PORT  the server (TEMPORAL_ADDRESS, the profile's, or 127.0.0.1:7233)
  --namespace NAME     (TEMPORAL_NAMESPACE, the profile's, or default)
  --profile NAME       profile of the file that Temporal's tools share
  --output FORMAT      text or json (text)
  --help               this text

Exit codes: 0 every history fits; 1 one does not; 2 the command line is wrong; 3 a history, the code or the server
could not be had.`;

const FLAGS = {
  query: { type: "string", short: "q" },
  limit: { type: "string" },
  address: { type: "string" },
  namespace: { type: "string", short: "n" },
  profile: { type: "string" },
  output: { type: "string", short: "o" },
  help: { type: "boolean", short: "h" },
} as const;

const OUTPUTS = ["text", "json"] as const;
const LIMIT_DEFAULT = 100;

/** Workflows of a server. */
export interface LiveSource {
  readonly query: string;
  readonly limit: number;
  readonly address: string | undefined;
  readonly namespace: string | undefined;
  readonly profile: string | undefined;
}

export interface ReplayOptions {
  readonly code: string;
  readonly output: (typeof OUTPUTS)[number];
  readonly histories: { readonly files: readonly string[] } | LiveSource;
}

export function parseReplay(args: readonly string[]): ReplayOptions | "help" {
  const { values: flags, positionals } = parseFlags(args, { flags: FLAGS, positionalsMax: Infinity });
  if (flags.help === true) return "help";
  const [code, ...files] = positionals;
  const { query, address, namespace, profile } = flags;
  if (code === undefined) throw new UsageError("replay wants the module of the workflows, got nothing: see --help");
  if (query !== undefined && files.length > 0)
    throw new UsageError("--query and files of histories exclude each other: give one of them");
  if (query === undefined && files.length === 0)
    throw new UsageError("replay wants histories: name their files, or give a --query for those of a server");
  return {
    code,
    output: oneOf(OUTPUTS, { flag: "--output", value: flags.output, otherwise: "text" }),
    histories: query === undefined ? { files } : { query, limit: limitOf(flags.limit), address, namespace, profile },
  };
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return LIMIT_DEFAULT;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`--limit wants a number from 1 up, got "${text}"`);
  return Number(text);
}
