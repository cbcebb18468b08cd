/** Why there is no connection, and which option to look at. */
import type { TLSConfigOption } from "./tls.ts";

const UNTRUSTED = new Set([
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "CERT_SIGNATURE_FAILURE",
]);
const OVER = new Set(["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"]);
const OTHER_NAME = "ERR_TLS_CERT_ALTNAME_INVALID";
const WITHOUT_TLS = "ERR_SSL_WRONG_VERSION_NUMBER";
/** The server's alerts about the certificate of the client; their names differ by version. */
const CLIENT_REFUSED = /^ERR_SSL_.*ALERT_(?:CERTIFICATE|BAD_CERTIFICATE|UNKNOWN_CA|UNSUPPORTED_CERT|HANDSHAKE_FAILURE)/;

/** The first code of Node or OpenSSL in an error's causes; of gRPC they are numbers. */
function systemCodeOf(error: unknown): string | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code } = each as { code?: unknown };
    if (typeof code === "string") return code;
  }
  return undefined;
}

/** Certificates do not change while one waits: another attempt fails as well. */
export function isLastingProblem(error: unknown): boolean {
  const code = systemCodeOf(error);
  if (code === undefined) return false;
  return (
    UNTRUSTED.has(code) || OVER.has(code) || code === OTHER_NAME || code === WITHOUT_TLS || CLIENT_REFUSED.test(code)
  );
}

/** One sentence for whoever wants to connect. */
export function connectProblem(error: unknown, tls: TLSConfigOption): string {
  const code = systemCodeOf(error);
  const reason = reasonOf(error);
  if (code === undefined) return CLOSED.test(reason) ? `${reason}: ${adviceWhenClosed(tls)}` : reason;
  const advice = adviceFor(code);
  return advice === undefined ? reason : `${reason.trim()}: ${advice}`;
}

const CLOSED = /the connection was closed$/;

function adviceFor(code: string): string | undefined {
  if (UNTRUSTED.has(code)) {
    return "the server's certificate is of an authority that is not trusted; give the authority as `tls.serverRootCACertificate`";
  }
  if (OVER.has(code)) return "the server's certificate is not valid now";
  if (code === OTHER_NAME) {
    return "the server's certificate is for another name; if it is the right server, give a name of the certificate as `tls.serverNameOverride`";
  }
  if (code === WITHOUT_TLS)
    return "the server speaks without TLS; leave out `tls`, or set it to false beside an API key";
  if (CLIENT_REFUSED.test(code)) {
    return "the server does not take the client's certificate, or misses it; look at `tls.clientCertPair`";
  }
  if (code === "ECONNREFUSED") return "nothing listens there; is the server running, and is the address right?";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "there is no such host; is the address right?";
  return undefined;
}

/** Without a word of the server's, so that it can only be guessed. */
function adviceWhenClosed(tls: TLSConfigOption): string {
  if (tls === undefined || tls === null || tls === false) return "does the server want TLS? Then set `tls`";
  return "does the server take the client's certificate? Look at `tls.clientCertPair`";
}

/** Without the wrapping that says for how long it was tried. */
function reasonOf(error: unknown): string {
  let inmost = error as { details?: string; message?: string; cause?: unknown };
  while ((inmost.cause as { details?: string } | undefined)?.details !== undefined)
    inmost = inmost.cause as typeof inmost;
  return inmost.details ?? inmost.message ?? String(error);
}
