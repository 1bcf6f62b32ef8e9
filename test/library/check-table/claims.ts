// Checks of the claims.

import { verify } from '../../../src/index.ts';
import { accessClaims, HOUR, ISSUER, jwks, jws, key, NOW } from '../keys.ts';
import { expecting, type Table } from './given.ts';

/** Larger than a double can tell from its neighbours. */
const LARGE = `{"iss":"${ISSUER}","exp":${NOW + HOUR},"level":9007199254740993}`;

export const CLAIM_CHECKS: Table = {
  issuer: {
    passed: [['byte for byte', {}]],
    failed: [
      ['a slash more', { claims: { iss: `${ISSUER}/` } }, { finding: 'claims.iss.mismatch' }],
      ['another case', { claims: { iss: 'https://ID.example.com' } }, { finding: 'claims.iss.mismatch' }],
      ['a list that has it', { claims: { iss: [ISSUER] } }, { finding: 'claims.iss.mismatch', because: /no text/ }],
      ['none', { claims: { iss: undefined } }, { finding: 'claims.iss.mismatch', because: /no iss/ }],
    ],
    skipped: [['nobody named one', () => verify(jws(accessClaims(ISSUER)), { jwks: jwks(key()), now: NOW })]],
  },
  audience: {
    passed: [
      ['the one', expecting({ audience: ['https://api.example.com'] })],
      ['one of those asked for', expecting({ audience: ['https://b.example', 'https://api.example.com'] })],
      ['one of those in the token', { claims: { aud: ['a', 'b'] }, ...expecting({ audience: ['b'] }) }],
    ],
    failed: [
      ['another', expecting({ audience: ['https://other.example'] })],
      ['a part of it', expecting({ audience: ['https://api.example'] })],
      ['none in the token', { claims: { aud: undefined }, ...expecting({ audience: ['a'] }) }, { because: /no aud/ }],
      ['an empty list', { claims: { aud: [] }, ...expecting({ audience: ['a'] }) }],
      [
        'a list of numbers',
        { claims: { aud: [1] }, ...expecting({ audience: ['1'] }) },
        { finding: 'claims.aud.type' },
      ],
      [
        'a list in a list',
        { claims: { aud: [['a']] }, ...expecting({ audience: ['a'] }) },
        { finding: 'claims.aud.type' },
      ],
    ],
    skipped: [['not asked', {}, { finding: 'claims.aud.unchecked', because: /--audience/ }]],
  },
  expiry: {
    passed: [
      ['a second to go', { claims: { exp: NOW + 1 } }],
      ['a fraction to go', { claims: { exp: NOW + 0.5 } }],
      ['past, but forgiven', { claims: { exp: NOW - 30 }, ...expecting({ clockTolerance: 60 }) }],
    ],
    failed: [
      ['this very second', { claims: { exp: NOW } }],
      ['past', { claims: { exp: NOW - HOUR } }, { because: /expired 1 h ago/ }],
      ['as text', { claims: { exp: String(NOW + HOUR) } }, { finding: 'claims.exp.type' }],
      ['null', { claims: { exp: null } }, { finding: 'claims.exp.type' }],
      ['1e999', { claims: `{"iss":"${ISSUER}","exp":1e999}` }, { finding: 'claims.exp.absurd' }],
      ['negative', { claims: { exp: -1 } }, { finding: 'claims.exp.absurd' }],
    ],
    warned: [['none', { claims: { exp: undefined } }, { finding: 'claims.exp.missing' }]],
  },
  not_before: {
    passed: [
      ['this very second', { claims: { nbf: NOW } }],
      ['ahead, but forgiven', { claims: { nbf: NOW + 30 }, ...expecting({ clockTolerance: 60 }) }],
    ],
    failed: [
      ['a second ahead', { claims: { nbf: NOW + 1 } }],
      ['as text', { claims: { nbf: '0' } }, { finding: 'claims.nbf.type' }],
    ],
  },
  issued_at: {
    passed: [['a minute ago', {}]],
    failed: [['as text', { claims: { iat: '0' } }, { finding: 'claims.iat.type' }]],
    warned: [['in the future', { claims: { iat: NOW + 120 } }, { finding: 'time.local_clock_off' }]],
  },
  time_unit: {
    warned: [
      ['exp in milliseconds', { claims: { exp: (NOW + HOUR) * 1000 } }, { finding: 'claims.exp.milliseconds' }],
      ['iat in milliseconds', { claims: { iat: NOW * 1000 } }, { finding: 'claims.iat.milliseconds' }],
    ],
  },
  type: {
    passed: [
      ['the typ asked for', expecting({ typ: 'at+jwt' })],
      ['with application/ and another case', expecting({ typ: 'application/AT+JWT' })],
    ],
    failed: [
      ['another', { header: { typ: 'JWT' }, ...expecting({ typ: 'at+jwt' }) }, { finding: 'header.typ.mismatch' }],
      ['none', { header: { typ: undefined }, ...expecting({ typ: 'at+jwt' }) }, { because: /no typ/ }],
    ],
  },
  kind: {
    passed: [['the kind asked for', expecting({ kind: 'access_token' })]],
    failed: [
      [
        'an ID token for an access token',
        { header: { typ: 'JWT' }, claims: { nonce: 'n' }, ...expecting({ kind: 'access_token' }) },
      ],
      ['an access token for an ID token', expecting({ kind: 'id_token' })],
      [
        'a logout token for an access token',
        { header: { typ: 'logout+jwt' }, ...expecting({ kind: 'access_token' }) },
        { because: /logout/ },
      ],
    ],
    warned: [
      [
        'an ID token, unasked',
        { header: { typ: 'JWT' }, claims: { nonce: 'n', scope: undefined, client_id: undefined } },
        { because: /ID token/ },
      ],
      [
        'a refresh token, unasked',
        { claims: { typ: 'Refresh' }, header: { typ: 'JWT' } },
        { because: /refresh token/ },
      ],
      ['a DPoP proof, unasked', { header: { typ: 'dpop+jwt' } }, { because: /DPoP/ }],
    ],
    skipped: [['an access token, unasked', {}, { because: /--expect/ }]],
  },
  scope: {
    passed: [
      ['granted', expecting({ scope: ['orders:read'] })],
      ['all granted', expecting({ scope: ['orders:read', 'orders:write'] })],
      ['in a list', { claims: { scope: ['a', 'b'] }, ...expecting({ scope: ['b'] }) }],
      ['in scp', { claims: { scope: undefined, scp: ['a', 'b'] }, ...expecting({ scope: ['b'] }) }],
    ],
    failed: [
      ['one of two missing', expecting({ scope: ['orders:read', 'admin'] }), { because: /not granted: admin/ }],
      ['a part of one', expecting({ scope: ['orders'] })],
      ['none named', { claims: { scope: undefined }, ...expecting({ scope: ['a'] }) }, { because: /no scope/ }],
    ],
  },
  lifetime: {
    passed: [['long enough', expecting({ minTtl: HOUR })]],
    failed: [
      ['too short', expecting({ minTtl: HOUR + 1 })],
      ['no end', { claims: { exp: undefined }, ...expecting({ minTtl: 1 }) }],
    ],
  },
  max_age: {
    passed: [['young', expecting({ maxAge: 60 })]],
    failed: [
      ['too old', expecting({ maxAge: 59 }), { because: /too old/ }],
      ['without iat', { claims: { iat: undefined }, ...expecting({ maxAge: 60 }) }, { because: /no iat/ }],
      ['from the future', { claims: { iat: NOW + 10 }, ...expecting({ maxAge: 60 }) }, { because: /future/ }],
    ],
  },
  nonce: {
    passed: [['as sent', { claims: { nonce: 'n-1' }, ...expecting({ nonce: 'n-1' }) }]],
    failed: [
      ['another', { claims: { nonce: 'n-2' }, ...expecting({ nonce: 'n-1' }) }],
      ['none', expecting({ nonce: 'n-1' })],
    ],
  },
  revocation: {
    skipped: [['not asked', {}, { because: /--mode both/ }]],
  },
  'claim:sub': {
    passed: [
      ['the value', expecting({ claims: [{ name: 'sub', value: 'user-001' }] })],
      ['there', expecting({ requiredClaims: ['sub'] })],
    ],
    failed: [
      ['another value', expecting({ claims: [{ name: 'sub', value: 'user-1' }] }), { because: /another value/ }],
      [
        'not there',
        { claims: { sub: undefined }, ...expecting({ requiredClaims: ['sub'] }) },
        { because: /no such claim/ },
      ],
    ],
  },
  'claim:realm_access.roles': {
    passed: [
      [
        'inside another',
        {
          claims: { realm_access: { roles: ['a'] } },
          ...expecting({ claims: [{ name: 'realm_access.roles', value: '["a"]' }] }),
        },
      ],
    ],
    failed: [['not there', expecting({ requiredClaims: ['realm_access.roles'] })]],
  },
  'claim:level': {
    passed: [
      [
        'a number with its digits',
        {
          claims: LARGE,
          ...expecting({ claims: [{ name: 'level', value: '9007199254740993' }] }),
        },
      ],
    ],
    failed: [
      [
        'its neighbour',
        {
          claims: LARGE,
          ...expecting({ claims: [{ name: 'level', value: '9007199254740992' }] }),
        },
      ],
    ],
  },
  'claim:constructor': {
    failed: [['what every object has is no claim', expecting({ requiredClaims: ['constructor'] })]],
  },
};
