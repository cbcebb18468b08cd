/** Certificates for tests, made on the spot: a few fields of X.509 in DER, signed with an elliptic curve. */
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";

export interface Certificate {
  readonly crt: Buffer;
  readonly key: Buffer;
}

interface Names {
  readonly commonName: string;
  /** DNS names that the certificate is good for. */
  readonly hosts?: readonly string[];
  /** Until when; a day from now unless given. */
  readonly notAfter?: Date;
}

const DAY_MS = 86_400_000;
const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const COMMON_NAME = "2.5.4.3";
const BASIC_CONSTRAINTS = "2.5.29.19";
const SUBJECT_ALT_NAME = "2.5.29.17";

export class CertificateAuthority {
  readonly #commonName: string;
  readonly #keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  /** Its own certificate, PEM. */
  readonly crt: Buffer;

  constructor(commonName: string) {
    this.#commonName = commonName;
    this.crt = this.#certificate({ commonName }, this.#keys.publicKey, [
      extension(BASIC_CONSTRAINTS, sequence(Buffer.from([0x01, 0x01, 0xff])), "critical"),
    ]);
  }

  issue(names: Names): Certificate {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const hosts = (names.hosts ?? []).map((host) => tagged(0x82, Buffer.from(host)));
    const extensions = hosts.length === 0 ? [] : [extension(SUBJECT_ALT_NAME, sequence(...hosts))];
    const crt = this.#certificate(names, publicKey, extensions);
    return { crt, key: Buffer.from(privateKey.export({ type: "pkcs8", format: "pem" })) };
  }

  #certificate({ commonName, notAfter }: Names, key: KeyObject, extensions: readonly Buffer[]): Buffer {
    const algorithm = sequence(oid(ECDSA_WITH_SHA256));
    const now = Date.now();
    const body = sequence(
      tagged(0xa0, integer(Buffer.from([2]))),
      integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
      algorithm,
      nameOf(this.#commonName),
      sequence(time(new Date(now - 2 * DAY_MS)), time(notAfter ?? new Date(now + DAY_MS))),
      nameOf(commonName),
      key.export({ type: "spki", format: "der" }),
      ...(extensions.length === 0 ? [] : [tagged(0xa3, sequence(...extensions))]),
    );
    const signature = sign("sha256", body, this.#keys.privateKey);
    const base64 = sequence(body, algorithm, bits(signature)).toString("base64");
    const lines = base64.match(/.{1,64}/g) ?? [];
    return Buffer.from(["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n"));
  }
}

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, ...parts);
}

function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes);
}

function bits(bytes: Buffer): Buffer {
  return tagged(0x03, Buffer.from([0]), bytes);
}

function time(date: Date): Buffer {
  return tagged(0x17, Buffer.from(`${date.toISOString().replaceAll(/[-:T]/g, "").slice(2, 14)}Z`));
}

function nameOf(commonName: string): Buffer {
  return sequence(tagged(0x31, sequence(oid(COMMON_NAME), tagged(0x0c, Buffer.from(commonName)))));
}

function extension(id: string, value: Buffer, weight?: "critical"): Buffer {
  const critical = weight === undefined ? [] : [Buffer.from([0x01, 0x01, 0xff])];
  return sequence(oid(id), ...critical, tagged(0x04, value));
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let left = value >> 7; left > 0; left >>= 7) bytes.unshift((left & 0x7f) | 0x80);
  return bytes;
}
