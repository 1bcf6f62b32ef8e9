// Checks of the text and the header: nothing of a key is needed for them.

import { accessClaims, base64url, HOUR, ISSUER, jws, key, NOW } from '../keys.ts';
import { type Given, judged, type Table } from './given.ts';

/** The members of the header in that spelling, with a true signature over it. */
const rawHeader = (members: string): Given => ({
  rawHeader: `{"alg":"ES256","typ":"at+jwt","kid":"ES256-1"${members}}`,
});
const rawClaims = (members: string): Given => ({
  claims: `{"iss":"${ISSUER}","sub":"user-001","exp":${NOW + HOUR}${members}}`,
});

export const TEXT_CHECKS: Table = {
  format: {
    passed: [['a JWS in compact serialization', {}]],
    failed: [
      ['a character that is not base64url', { token: `${jws(accessClaims(ISSUER))}!` }, { because: /character \d+/ }],
      ['a payload that is no object', { claims: '[1]' }, { finding: 'claims.not_object' }],
      ['a payload that is no JSON', { claims: '{"iss":' }, { finding: 'json.invalid' }],
      [
        'a signature that is cut off with its dot',
        { token: jws({}).split('.').slice(0, 2).join('.') },
        { finding: 'token.truncated' },
      ],
      ['a kid that is no text', { header: { kid: 7 } }, { finding: 'header.kid.type' }],
      [
        'JSON serialization',
        { token: JSON.stringify({ protected: base64url('{"alg":"ES256"}'), payload: 'e30', signature: 'AA' }) },
        { finding: 'token.json_serialization' },
      ],
    ],
    warned: [
      ['a JWT in a JWT', { header: { cty: 'JWT' } }, { finding: 'token.nested' }],
      ['zip in a JWS', { header: { zip: 'DEF' } }, { finding: 'header.zip' }],
    ],
  },
  encoding: {
    failed: [
      ['padding', { token: `${jws(accessClaims(ISSUER))}==` }, { finding: 'encoding.alphabet' }],
      [
        'unused bits',
        () => judged({ token: unusedBits(jws(accessClaims(ISSUER))) }),
        { finding: 'encoding.noncanonical' },
      ],
      ['a byte order mark', { claims: `\ufeff${JSON.stringify(accessClaims(ISSUER))}` }, { finding: 'json.bom' }],
    ],
  },
  duplicate_member: {
    failed: [
      ['twice in the header', rawHeader(',"alg":"ES256"'), { finding: 'json.duplicate_member' }],
      ['twice in the claims', rawClaims(`,"sub":"admin"`), { finding: 'json.duplicate_member' }],
      ['twice, once in escapes', rawClaims(`,"\\u0073ub":"admin"`), { finding: 'json.duplicate_member' }],
    ],
  },
  critical_header: {
    failed: [
      ['an extension', { header: { crit: ['exp'], exp: 1 } }, { finding: 'header.crit.unsupported' }],
      ['an empty list', { header: { crit: [] } }, { finding: 'header.crit.unsupported' }],
      ['null', { header: { crit: null } }, { finding: 'header.crit.unsupported' }],
      ['b64 without crit', { header: { b64: false } }, { finding: 'header.b64' }],
    ],
  },
  key_reference: {
    warned: [
      ['jku', { header: { jku: 'https://evil.example/jwks' } }, { finding: 'header.jku.present' }],
      ['x5u', { header: { x5u: 'https://evil.example/cert' } }, { finding: 'header.x5u.present' }],
      ['jwk', { header: { jwk: key().jwk } }, { finding: 'header.jwk.embedded' }],
      ['x5c', { header: { x5c: ['AA'] } }, { finding: 'header.x5c.present' }],
    ],
    passed: [['the key of a DPoP proof', { header: { typ: 'dpop+jwt', jwk: key().jwk } }]],
  },
};

/** The last character of the signature with a bit set that carries nothing. */
function unusedBits(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1) ?? '') | 1];
}
