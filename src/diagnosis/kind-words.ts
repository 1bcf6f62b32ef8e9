// What each kind of token is for, in one sentence: shown when the wrong one was brought.

import { KIND_NAMES, type KindName } from '../core/kind.ts';

const PURPOSES: Readonly<Record<KindName, string | undefined>> = {
  access_token: 'an access token authorizes access to an API',
  id_token: 'an ID token proves a sign-in to the client; it does not authorize API access',
  refresh_token: 'a refresh token gets new tokens at the token endpoint; it does not authorize API access',
  logout_token: 'a logout token tells a client that a session ended',
  security_event: 'a security event token reports what happened, and permits nothing',
  dpop_proof: 'a DPoP proof goes beside an access token, and is worth nothing alone',
  client_assertion: 'a client assertion authenticates a client at the authorization server, and is a credential',
  introspection_response: 'an introspection response is an answer about a token, and no token',
  sd_jwt: 'an SD-JWT is a credential of which its holder shows a part',
  jarm_response: 'a JARM response carries the answer of a sign-in to the client, and no permission',
  request_object: 'a request object asks for a sign-in, and grants nothing',
  unknown: undefined,
};

/** What that kind of token is for; undefined for an unknown one. */
export const purposeOf = (kind: KindName): string | undefined =>
  KIND_NAMES.includes(kind) ? PURPOSES[kind] : undefined;

const NAMES: Partial<Record<string, string>> = {
  id_token: 'an ID token',
  dpop_proof: 'a DPoP proof',
  sd_jwt: 'an SD-JWT',
  jarm_response: 'a JARM response',
  security_event: 'a security event token',
};

/** `an ID token`, `an access token`. */
export function kindWords(kind: string): string {
  const text = kind.replaceAll('_', ' ');
  return NAMES[kind] ?? `${/^[aeiou]/i.test(text) ? 'an' : 'a'} ${text}`;
}
