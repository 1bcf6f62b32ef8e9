// Times that are none, and names that only look like the right ones (security.md J5, J6, J8, J9).

import { HOUR, ISSUER, NOW } from '../../library/keys.ts';
import { AUDIENCE, type Case, claims, type Family, forged } from './forge.ts';

/** A token with that text as the value of a claim. */
const withRaw = (name: string, value: string): string =>
  forged({ payload: JSON.stringify(claims({ [name]: undefined })).replace('{', `{"${name}":${value},`) });
const withClaim = (name: string, value: unknown): string => forged({ payload: claims({ [name]: value }) });

const NO_NUMBERS = [
  `"${NOW + HOUR}"`,
  '"2027-01-15T09:00:00Z"',
  '""',
  '"never"',
  'null',
  'true',
  'false',
  '[]',
  `[${NOW + HOUR}]`,
  '{}',
  '{"$date":1}',
];
const NO_TIMES = ['1e999', '-1e999', '1e400', `1${'0'.repeat(400)}`, '-1', '-0.5', '-1e10'];

const CHECKS = { exp: 'expiry', nbf: 'not_before', iat: 'issued_at' } as const;

const typed: Case[] = (['exp', 'nbf', 'iat'] as const).flatMap((name) => [
  ...NO_NUMBERS.map((value) => ({
    name: `${name} ${value}`,
    token: withRaw(name, value),
    check: CHECKS[name],
    finding: `claims.${name}.type`,
  })),
  ...NO_TIMES.map((value) => ({
    name: `${name} ${value.slice(0, 20)}`,
    token: withRaw(name, value),
    check: CHECKS[name],
    finding: `claims.${name}.absurd`,
  })),
]);

const passed: Case[] = [
  ...['0', '-0', '0.5', '1e0', '1E-5', '1e-400', String(NOW - 1), String(NOW), `${NOW}.0`, String(NOW - 0.5)].map(
    (value) => ({
      name: `exp ${value}`,
      token: withRaw('exp', value),
      check: 'expiry' as const,
    }),
  ),
  ...[String(NOW + 1), `${NOW}.5`, '1e12', '1e308', `${NOW * 1000}`].map((value) => ({
    name: `nbf ${value}`,
    token: withRaw('nbf', value),
    check: 'not_before' as const,
  })),
  {
    name: 'exp in the past, more than the clock tolerance',
    token: withClaim('exp', NOW - 61),
    options: { expectations: { clockTolerance: 60 } },
    check: 'expiry',
  },
  {
    name: 'exp in milliseconds, strictly',
    token: withClaim('exp', (NOW + HOUR) * 1000),
    options: { expectations: { strict: true } },
    check: 'time_unit',
    finding: 'claims.exp.milliseconds',
  },
  {
    name: 'no exp, strictly',
    token: withClaim('exp', undefined),
    options: { expectations: { strict: true } },
    check: 'expiry',
    finding: 'claims.exp.missing',
  },
  {
    name: 'no exp where a time to live is asked for',
    token: withClaim('exp', undefined),
    options: { expectations: { minTtl: 60 } },
    check: 'lifetime',
  },
  {
    name: 'exp 1e999 where a time to live is asked for',
    token: withRaw('exp', '1e999'),
    options: { expectations: { minTtl: 60 } },
    check: 'lifetime',
  },
  {
    name: 'too little time left',
    token: withClaim('exp', NOW + 59),
    options: { expectations: { minTtl: 60 } },
    check: 'lifetime',
  },
  {
    name: 'iat in the future where an age is asked for',
    token: withClaim('iat', NOW + 10),
    options: { expectations: { maxAge: 60 } },
    check: 'max_age',
  },
  {
    name: 'no iat where an age is asked for',
    token: withClaim('iat', undefined),
    options: { expectations: { maxAge: 60 } },
    check: 'max_age',
  },
  {
    name: 'iat as text where an age is asked for',
    token: withClaim('iat', String(NOW)),
    options: { expectations: { maxAge: 60 } },
    check: 'max_age',
  },
  {
    name: 'iat too old',
    token: withClaim('iat', NOW - 61),
    options: { expectations: { maxAge: 60 } },
    check: 'max_age',
  },
];

const times: Case[] = [
  { name: 'an exp with a fraction', token: withRaw('exp', `${NOW}.001`) },
  { name: 'an exp with an exponent', token: withRaw('exp', '1.9e9') },
  {
    name: 'the last exp of the calendar',
    token: withRaw('exp', '253402300799'),
    check: 'time_unit',
    finding: 'claims.exp.milliseconds',
  },
  {
    name: 'an exp beyond any calendar',
    token: withRaw('exp', '1e308'),
    check: 'time_unit',
    finding: 'claims.exp.milliseconds',
  },
  {
    name: 'an exp in milliseconds, taken as it stands',
    token: withClaim('exp', (NOW + HOUR) * 1000),
    check: 'time_unit',
    finding: 'claims.exp.milliseconds',
  },
  { name: 'an nbf of this second', token: withClaim('nbf', NOW) },
  {
    name: 'an iat in the future',
    token: withClaim('iat', NOW + 10),
    check: 'issued_at',
    finding: 'time.local_clock_off',
  },
  { name: 'no exp', token: withClaim('exp', undefined), check: 'expiry', finding: 'claims.exp.missing' },
];

// ---------------------------------------------------------------- issuer and audience

const ISSUERS: readonly unknown[] = [
  ...[
    `${ISSUER}/`,
    `${ISSUER}.`,
    `${ISSUER} `,
    ` ${ISSUER}`,
    `${ISSUER}\0`,
    `${ISSUER}\n`,
    `${ISSUER}/x`,
    `${ISSUER}?`,
    `${ISSUER}#`,
  ],
  ...[
    ISSUER.toUpperCase(),
    'https://ID.example.com',
    'http://id.example.com',
    'https://id.example.com:443',
    'id.example.com',
    'https:/id.example.com',
  ],
  ...[
    'https://id.example.com.evil.example',
    'https://id.example.com@evil.example',
    'https://evil.example/https://id.example.com',
    'https://id.exаmple.com',
    '\u202ehttps://id.example.com',
  ],
  ...['', 'null', null, undefined, 0, true, [], [ISSUER], [ISSUER, 'https://evil.example'], {}, { iss: ISSUER }],
];
const issuer: Case[] = ISSUERS.map((value) => ({
  name: `iss ${JSON.stringify(value) ?? 'missing'}`,
  token: withClaim('iss', value),
  check: 'issuer' as const,
  finding: 'claims.iss.mismatch',
}));

const AUDIENCES: readonly (readonly [value: unknown, finding?: string])[] = [
  ...[
    undefined,
    [],
    '',
    `${AUDIENCE}/`,
    AUDIENCE.slice(0, -1),
    `${AUDIENCE}x`,
    AUDIENCE.toUpperCase(),
    ` ${AUDIENCE}`,
    `${AUDIENCE}\0`,
  ].map((value) => [value] as const),
  ...[
    `${AUDIENCE} https://other.example`,
    `${AUDIENCE},https://other.example`,
    `["${AUDIENCE}"]`,
    '*',
    ['https://other.example'],
    [`${AUDIENCE} x`],
  ].map((value) => [value] as const),
  ...[
    null,
    0,
    true,
    {},
    { aud: AUDIENCE },
    { [AUDIENCE]: true },
    [[AUDIENCE]],
    [AUDIENCE, 1],
    [null],
    [AUDIENCE, null],
    [{}],
  ].map((value) => [value, 'claims.aud.type'] as const),
];
const audience: Case[] = [
  ...AUDIENCES.map(([value, finding]) => ({
    name: `aud ${JSON.stringify(value) ?? 'missing'}`,
    token: withClaim('aud', value),
    check: 'audience' as const,
    ...(finding === undefined ? {} : { finding }),
  })),
  {
    name: 'aud composed otherwise (NFD for NFC)',
    token: withClaim('aud', 'cafe\u0301'),
    options: { expectations: { audience: ['caf\u00e9'] } },
    check: 'audience',
  },
];

const scopes: Case[] = [
  ...[
    undefined,
    '',
    'admi',
    'administrator',
    'ADMIN',
    'not-admin',
    null,
    0,
    {},
    { admin: true },
    [['admin']],
    [{ admin: 1 }],
    true,
  ].map((value) => ({
    name: `scope ${JSON.stringify(value) ?? 'missing'} where admin is asked for`,
    token: withClaim('scope', value),
    options: { expectations: { scope: ['admin'] } },
    check: 'scope' as const,
  })),
  {
    name: 'a nonce that is another',
    token: withClaim('nonce', 'n-2'),
    options: { expectations: { nonce: 'n-1' } },
    check: 'nonce',
  },
  {
    name: 'a nonce in a list',
    token: withClaim('nonce', ['n-1']),
    options: { expectations: { nonce: 'n-1' } },
    check: 'nonce',
  },
  {
    name: 'a claim that is text and not the number',
    token: withClaim('level', '03'),
    options: { expectations: { claims: [{ name: 'level', value: '3' }] } },
    check: 'claim:level',
  },
];

export const claimFamilies: readonly Family[] = [
  { name: 'times of the wrong type', good: times, bad: typed },
  { name: 'times that have passed, or have not come', good: times, bad: passed },
  { name: 'issuer', good: [{ name: 'the very issuer', token: forged() }], bad: issuer },
  {
    name: 'audience',
    good: [
      { name: 'the very audience', token: forged() },
      { name: 'one of a list', token: withClaim('aud', ['https://other.example', AUDIENCE]) },
    ],
    bad: audience,
  },
  {
    name: 'scope, nonce and claims',
    good: [
      {
        name: 'a scope among others',
        token: withClaim('scope', 'a admin b'),
        options: { expectations: { scope: ['admin'] } },
      },
      {
        name: 'a scope in a list',
        token: withClaim('scope', ['a', 'admin']),
        options: { expectations: { scope: ['admin'] } },
      },
    ],
    bad: scopes,
  },
];
