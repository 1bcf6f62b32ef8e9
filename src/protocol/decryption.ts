// Opens a JWE that was made for the client (RFC 7516), with its private key: the answer that RFC 9701 §5 lets a server
// encrypt. Invariant: only key agreement and OAEP; no RSA1_5, no passwords, nothing is inflated; one word for every failure.

import { compactDecrypt } from 'jose/jwe/compact/decrypt';
import { type JsonObject, member, textMember, textOrEmpty } from '../core/json.ts';
import { noKey, type PrivateKey, readPrivateKeys } from './private-key.ts';

const AGREEMENT = ['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A192KW', 'ECDH-ES+A256KW'];
const OAEP = ['RSA-OAEP', 'RSA-OAEP-256', 'RSA-OAEP-384', 'RSA-OAEP-512'];
const CONTENT = ['A128GCM', 'A192GCM', 'A256GCM', 'A128CBC-HS256', 'A192CBC-HS384', 'A256CBC-HS512'];

/** Keys that are tried at most where the header does not say which. */
const MAX_TRIES = 4;

/** Why a JWE is not even tried, by its header alone, or undefined. Nothing secret has an influence on it. */
export function refusedEncryption(header: JsonObject): string | undefined {
  const [alg = '', enc = ''] = [textMember(header, 'alg'), textMember(header, 'enc')];
  if (![...AGREEMENT, ...OAEP].includes(alg)) return `one encrypted by \`${alg}\`, which is not allowed`;
  if (!CONTENT.includes(enc)) return `one encrypted by \`${enc}\`, which is not allowed`;
  if (Object.hasOwn(header, 'zip')) return 'one that is compressed, and nothing is inflated here';
  if (Object.hasOwn(header, 'crit')) return 'one with critical extensions, of which none is supported';
  return undefined;
}

/**
 * The text inside, or undefined where no key opens it; why is not told (RFC 7516 §11.5). `keyText` is that of
 * `--client-key`; the header was judged before.
 * @throws TokctlError ERR_CONFIG_INVALID for a text that holds no private key, or none for that algorithm
 */
export async function openEncrypted(jwe: string, header: JsonObject, keyText: string): Promise<string | undefined> {
  const alg = textOrEmpty(header, 'alg');
  for (const { key } of keysFor(alg, member(header, 'kid'), readPrivateKeys(keyText))) {
    try {
      const limits = { keyManagementAlgorithms: [alg], contentEncryptionAlgorithms: CONTENT };
      const { plaintext } = await compactDecrypt(jwe, key, limits);
      return new TextDecoder('utf-8', { fatal: true }).decode(plaintext);
    } catch {
      // Another key may open it; what went wrong would help whoever sent it.
    }
  }
  return undefined;
}

/** Keys that may open it: of the kind it needs, not for signatures, and by `kid` where one has that name. */
function keysFor(alg: string, kid: unknown, keys: readonly PrivateKey[]): PrivateKey[] {
  const fitting = keys.filter((key) => opens(key, alg));
  const named = fitting.filter((key) => key.kid !== undefined && key.kid === kid);
  if (fitting.length > 0) return (named.length > 0 ? named : fitting).slice(0, MAX_TRIES);
  throw noKey(`none that opens \`${alg}\`, by which the answer is encrypted`, OPENING_HINT);
}

const OPENING_HINT =
  'give the key that the server encrypts for, a JWK Set may hold it beside others: --client-key FILE';

const opens = ({ kty, crv, use, alg }: PrivateKey, wanted: string): boolean =>
  use !== 'sig' &&
  (alg === undefined || alg === wanted) &&
  (OAEP.includes(wanted) ? kty === 'RSA' : kty === 'EC' || crv === 'X25519');
