// One public key that a person gave: PEM (SPKI, PKCS#1, X.509 certificate) or JWK, as a JWK.

import { createPublicKey } from 'node:crypto';
import { TokctlError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, member, parseJson, textMember } from '../core/json.ts';

/**
 * The key as a public JWK. `name` says in a message which file it came from.
 * @throws TokctlError ERR_CONFIG_INVALID for a private key or a text that holds none
 */
export function readPublicKey(text: string, name = 'the key'): JsonObject {
  if (text.trimStart().startsWith('{')) return readJwk(text, name);
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) throw noKey(name, 'a private key', PUBLIC_HINT);
  try {
    return { ...createPublicKey(text).export({ format: 'jwk' }) } as JsonObject;
  } catch (cause) {
    throw noKey(name, 'something that holds no key', KEY_HINT, cause);
  }
}

const KEY_HINT = 'give a PEM (public key or certificate) or a JWK: --key FILE; a JWK Set goes to --jwks FILE';
const PUBLIC_HINT = 'only its public half is needed: openssl pkey -in private.pem -pubout -out public.pem';

function readJwk(text: string, name: string): JsonObject {
  let value: JsonObject;
  try {
    // What begins with a brace is an object, or no JSON.
    value = parseJson(text).value as JsonObject;
  } catch (cause) {
    throw noKey(name, 'text that is no JSON', KEY_HINT, cause);
  }
  const keys = member(value, 'keys');
  const only = Array.isArray(keys) && keys.length === 1 && isJsonObject(keys[0]) ? keys[0] : value;
  if (Array.isArray(keys) && keys.length !== 1) throw noKey(name, `a JWK Set of ${keys.length} keys`, KEY_HINT);
  if (textMember(only, 'kty') === undefined) throw noKey(name, 'JSON that is no JWK', KEY_HINT);
  if (Object.hasOwn(only, 'd'))
    throw noKey(name, 'a private key', 'only its public members are needed: leave out `d` and the rest');
  if (textMember(only, 'kty') === 'oct')
    throw noKey(name, 'a symmetric key', 'a shared secret goes to --secret env:NAME');
  return only;
}

function noKey(name: string, actual: string, hint: string, cause?: unknown): TokctlError {
  return new TokctlError('ERR_CONFIG_INVALID', `expected a public key in ${name}, got ${actual}`, { hint, cause });
}
