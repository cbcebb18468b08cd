/** Why a database cannot be opened, in one sentence that names it and what to do. */
import { StoreOpenError } from "../errors.ts";

/** The database as messages call it, without its password. */
export function nameOf(url: string): string {
  const [, place = url] = /^postgres(?:ql)?:\/\/(?:[^@/?]*@)?(.*)$/s.exec(url) ?? [];
  const [path = "", query = ""] = place.split("?");
  const socket = new URLSearchParams(query).get("host");
  return `database ${JSON.stringify(socket === null || path.startsWith("/") === false ? path : `${socket}${path}`)}`;
}

const REASONS: Readonly<Record<string, string>> = {
  ERR_MODULE_NOT_FOUND: "needs the package pg: npm install pg",
  ECONNREFUSED: "cannot be reached, nothing listens there: start PostgreSQL, or correct the address",
  ENOENT: "cannot be reached, there is no such socket: start PostgreSQL, or correct the address",
  ENOTFOUND: "cannot be reached, its host is not known: correct the address",
  EAI_AGAIN: "cannot be reached, its host is not known: correct the address",
  ETIMEDOUT: "cannot be reached, its host does not answer: correct the address, or look what is between here and there",
  EHOSTUNREACH:
    "cannot be reached, there is no way to its host: correct the address, or look what is between here and there",
  ECONNRESET: "ended the connection at once: look whether it is PostgreSQL that listens there",
  "28P01": "refuses the user or the password: correct them",
  "28000": "refuses the user: correct it, or allow it in pg_hba.conf",
  "3D000": "does not exist: create it with createdb, or correct the name",
  "42501": "does not let this user create tables: grant it the right to create schemas there",
  "53300": "has no connection left: raise max_connections, or end some",
  "57P03": "is starting or stopping: try again in a moment",
  "25006": "takes no writes, it is a standby: name the primary, or promote this one",
};

/** One sentence that names the database and what to do. */
export function describeOpenFailure(url: string, cause: unknown): StoreOpenError {
  if (cause instanceof StoreOpenError) return cause;
  const root = rootOf(cause);
  const reason = REASONS[root.code ?? ""] ?? reasonInWords(root.message);
  return new StoreOpenError(`${nameOf(url)} ${reason}`, { cause });
}

function reasonInWords(message: string): string {
  if (/password must be a string/.test(message))
    return "wants a password: give one in the address, as in user:password@host";
  if (/timeout/i.test(message)) return REASONS["ETIMEDOUT"] as string;
  if (/terminated unexpectedly/.test(message)) return REASONS["ECONNRESET"] as string;
  return `cannot be opened (${message}): correct the address or the database's settings`;
}

/** What the driver said, beneath our own errors and those that stand for several addresses. */
function rootOf(error: unknown): { code?: string; message: string } {
  const { cause, errors } = error as { cause?: unknown; errors?: readonly unknown[] };
  if (cause !== undefined) return rootOf(cause);
  if (errors?.[0] !== undefined) return rootOf(errors[0]);
  return error as { code?: string; message: string };
}
