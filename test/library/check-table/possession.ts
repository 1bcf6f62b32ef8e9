// Checks of what a token is bound to: an access token, an authorization code, a key, a certificate.

import { createHash, X509Certificate } from 'node:crypto';
import type { Report, VerifyOptions } from '../../../src/index.ts';
import { certificate } from '../../servers/certificates.ts';
import { accessClaims, HOUR, ISSUER, jws, key, NOW, type TestKey } from '../keys.ts';
import { expecting, type Given, judged, type Table } from './given.ts';

const ACCESS_TOKEN = 'the-access-token-that-came-with-it';
const CODE = 'SplxlOBeZQQYbYS6WxSbIA-of-this-sign-in';
const leftHalf = (hash: string, text = ACCESS_TOKEN): string => {
  const digest = createHash(hash).update(text).digest();
  return digest.subarray(0, digest.length / 2).toString('base64url');
};

/** RFC 7638 of an EC key: its members in order. */
const thumbprintOf = ({ jwk: { crv, kty, x, y } }: TestKey): string =>
  createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');

const PROOF_KEY = key('ES256', 'proof');
const OTHER_PROOF_KEY = key('ES256', 'other-proof');
const bound = (): string => jws(accessClaims(ISSUER, { cnf: { jkt: thumbprintOf(PROOF_KEY) } }));

interface Proof {
  by?: TestKey;
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  expectations?: VerifyOptions['expectations'];
}

/** A bound token with a proof (RFC 9449 §4.2) for GET on a resource. */
function withProof({ by = PROOF_KEY, claims = {}, header = {}, expectations = {} }: Proof): Given {
  const token = bound();
  const ath = createHash('sha256').update(token).digest('base64url');
  const { kid: _, alg: __, use: ___, ...jwk } = by.jwk;
  const all = { jti: 'p1', htm: 'GET', htu: 'https://api.example.com/orders', iat: NOW - 5, ath, ...claims };
  const dpopProof = jws(all, { key: by, as: by.alg, header: { typ: 'dpop+jwt', kid: undefined, jwk, ...header } });
  return { token, options: { expectations: { dpopProof, ...expectations } } };
}

/** A proof that shows the right key and is signed by another. */
function forgedProof(): Given {
  const { kid: _kid, alg: _alg, use: _use, ...jwk } = PROOF_KEY.jwk;
  return withProof({ by: OTHER_PROOF_KEY, header: { jwk } });
}

async function withCertificate(isRight: boolean): Promise<Report> {
  const [{ cert: mine }, { cert: other }] = await Promise.all([certificate('client'), certificate('another')]);
  const print = createHash('sha256').update(new X509Certificate(mine).raw).digest('base64url');
  return judged({
    claims: { cnf: { 'x5t#S256': print } },
    ...expecting({ clientCertificate: isRight ? mine : other }),
  });
}

const withoutBinding = async (): Promise<Report> =>
  judged(expecting({ clientCertificate: (await certificate('client')).cert }));

export const POSSESSION_CHECKS: Table = {
  at_hash: {
    passed: [
      ['of ES256', { claims: { at_hash: leftHalf('sha256') }, ...expecting({ accessToken: ACCESS_TOKEN }) }],
      [
        'of ES384',
        { key: key('ES384'), claims: { at_hash: leftHalf('sha384') }, ...expecting({ accessToken: ACCESS_TOKEN }) },
      ],
      [
        'of EdDSA',
        { key: key('EdDSA'), claims: { at_hash: leftHalf('sha512') }, ...expecting({ accessToken: ACCESS_TOKEN }) },
      ],
    ],
    failed: [
      [
        'of another token',
        { claims: { at_hash: leftHalf('sha256') }, ...expecting({ accessToken: 'some-other-access-token' }) },
        { because: /another access token/ },
      ],
      ['missing', expecting({ accessToken: ACCESS_TOKEN }), { because: /no at_hash/ }],
      [
        'under an algorithm that nobody knows',
        {
          header: { alg: 'RS1' },
          as: 'ES256',
          claims: { at_hash: leftHalf('sha512') },
          ...expecting({ accessToken: ACCESS_TOKEN }),
        },
        { because: /another access token/ },
      ],
    ],
    skipped: [['the access token was not given', { claims: { at_hash: 'x' } }, { because: /--access-token/ }]],
  },
  'claim:c_hash': {
    passed: [
      ['of ES256', { claims: { c_hash: leftHalf('sha256', CODE) }, ...expecting({ code: CODE }) }],
      ['of ES384', { key: key('ES384'), claims: { c_hash: leftHalf('sha384', CODE) }, ...expecting({ code: CODE }) }],
      ['of EdDSA', { key: key('EdDSA'), claims: { c_hash: leftHalf('sha512', CODE) }, ...expecting({ code: CODE }) }],
      // OpenID Connect Core, Appendix A.4: the code and the c_hash that stand there.
      [
        'of the example of the specification',
        {
          claims: { c_hash: 'LDktKdoQak3Pk0cnXxCltA' },
          ...expecting({ code: 'Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk' }),
        },
      ],
    ],
    failed: [
      [
        'of another code',
        { claims: { c_hash: leftHalf('sha256', CODE) }, ...expecting({ code: 'SplxlOBeZQQYbYS6WxSbIB' }) },
        { because: /another authorization code/ },
      ],
      [
        'of the code as a URL spells it',
        { claims: { c_hash: leftHalf('sha256', '4/P7q7W91') }, ...expecting({ code: '4%2FP7q7W91' }) },
        { because: /another authorization code/ },
      ],
      ['missing', expecting({ code: CODE }), { because: /no c_hash/ }],
      ['no text', { claims: { c_hash: 7 }, ...expecting({ code: CODE }) }, { because: /another authorization code/ }],
    ],
    skipped: [['the code was not given', { claims: { c_hash: 'x' } }, { because: /^unchecked; .*--code$/ }]],
  },
  confirmation: {
    passed: [
      ['the proof of its key', withProof({})],
      [
        'for that method and URL',
        withProof({ expectations: { dpopMethod: 'GET', dpopUrl: 'https://api.example.com/orders?page=2' } }),
      ],
      ['the certificate', () => withCertificate(true)],
    ],
    failed: [
      ['the proof of another key', withProof({ by: OTHER_PROOF_KEY }), { because: /another key/ }],
      ['a proof for another token', withProof({ claims: { ath: 'x' } }), { because: /ath/ }],
      ['a proof for no token', withProof({ claims: { ath: undefined } }), { because: /no ath/ }],
      ['another method', withProof({ expectations: { dpopMethod: 'POST' } }), { because: /htm/ }],
      ['another URL', withProof({ expectations: { dpopUrl: 'https://api.example.com/users' } }), { because: /htu/ }],
      [
        'no method',
        withProof({ claims: { htm: undefined }, expectations: { dpopMethod: 'POST' } }),
        { because: /htm/ },
      ],
      [
        'no URL',
        withProof({ claims: { htu: undefined }, expectations: { dpopUrl: 'https://api.example.com/' } }),
        { because: /htu/ },
      ],
      [
        'a URL that is none',
        withProof({ claims: { htu: '/orders' }, expectations: { dpopUrl: 'https://api.example.com/orders' } }),
        { because: /htu/ },
      ],
      ['an old proof', withProof({ claims: { iat: NOW - HOUR } }), { because: /not fresh/ }],
      ['a proof without time', withProof({ claims: { iat: undefined } }), { because: /no iat/ }],
      ['another type', withProof({ header: { typ: 'JWT' } }), { because: /type/ }],
      ['an algorithm of another kind', withProof({ header: { alg: 'RS256' } }), { because: /does not fit its key/ }],
      ['an algorithm with a secret', withProof({ header: { alg: 'HS256' } }), { because: /does not fit its key/ }],
      ['an algorithm that nobody knows', withProof({ header: { alg: 'ES1' } }), { because: /does not fit its key/ }],
      ['a key that nobody knows', withProof({ header: { jwk: { kty: 'AKP' } } }), { because: /another key/ }],
      ['no key in the proof', withProof({ header: { jwk: undefined } }), { because: /no sound public key/ }],
      ['a signature by another than the key in it', forgedProof(), { because: /signature of the proof/ }],
      ['no proof but some text', { token: bound(), ...expecting({ dpopProof: 'some text' }) }, { because: /no JWT/ }],
      ['a token that is bound to nothing', { options: withProof({}).options ?? {} }, { because: /no cnf.jkt/ }],
      ['another certificate', () => withCertificate(false), { because: /another certificate/ }],
      ['a certificate for a token that is bound to none', withoutBinding, { because: /no cnf.x5t#S256/ }],
    ],
    skipped: [
      [
        'bound, and no proof given',
        { token: bound() },
        { finding: 'claims.cnf.sender_constrained', because: /--dpop-proof/ },
      ],
      [
        'bound to a certificate, and none given',
        { claims: { cnf: { 'x5t#S256': 'x' } } },
        { because: /--client-cert/ },
      ],
    ],
  },
};
