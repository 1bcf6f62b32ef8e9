// JSON that readers disagree on, or that costs more than it weighs (security.md J1, J3, J4, J5).

import { HOUR, NOW } from '../../library/keys.ts';
import { type Case, claims, type Family, forged } from './forge.ts';

const text = JSON.stringify(claims());
const inside = (more: string): string => `${text.slice(0, -1)},${more}}`;
const payload = (content: string): string => forged({ payload: content });
const header = (content: string): string => forged({ header: content });
const repeated = { check: 'duplicate_member', finding: 'json.duplicate_member' } as const;

const duplicates: Case[] = [
  { name: 'alg twice, the same', token: header('{"alg":"ES256","alg":"ES256","kid":"ES256-1"}'), ...repeated },
  { name: 'alg twice, none last', token: header('{"alg":"ES256","kid":"ES256-1","alg":"none"}'), ...repeated },
  { name: 'alg twice, none first', token: header('{"alg":"none","kid":"ES256-1","alg":"ES256"}'), ...repeated },
  {
    name: 'alg twice, once by an escape',
    token: header('{"\\u0061lg":"none","alg":"ES256","kid":"ES256-1"}'),
    ...repeated,
  },
  { name: 'kid twice', token: header('{"alg":"ES256","kid":"other","kid":"ES256-1"}'), ...repeated },
  {
    name: 'a member within the header twice',
    token: header('{"alg":"ES256","kid":"ES256-1","x":{"a":1,"a":2}}'),
    ...repeated,
  },
  { name: 'exp twice, the first past', token: payload(`{"exp":1,${text.slice(1)}`), ...repeated },
  {
    name: 'exp twice, the last past',
    token: payload(inside('"exp":1')),
    check: 'duplicate_member',
    finding: 'json.duplicate_member',
  },
  { name: 'exp twice, once by an escape', token: payload(`{"\\u0065xp":1,${text.slice(1)}`), ...repeated },
  { name: 'exp three times', token: payload(`{"exp":1,"exp":2,${text.slice(1)}`), ...repeated },
  { name: 'iss twice', token: payload(`{"iss":"https://evil.example",${text.slice(1)}`), ...repeated },
  { name: 'sub twice', token: payload(inside('"sub":"admin"')), ...repeated },
  { name: 'a member of a list of objects twice', token: payload(inside('"x":[{"a":1},{"a":1,"a":2}]')), ...repeated },
  { name: '__proto__ twice', token: payload(inside('"__proto__":1,"__proto__":2')), ...repeated },
  {
    name: 'ten thousand members twice',
    token: payload(inside(Array.from({ length: 10_000 }, (_, at) => `"m${at % 5000}":0`).join())),
    ...repeated,
  },
  {
    name: 'one member ten thousand times',
    token: payload(inside(Array.from({ length: 10_000 }, () => '"m":0').join())),
    ...repeated,
  },
];

const nested = (open: string, close: string, levels: number): string => open.repeat(levels) + close.repeat(levels);
const deep = (levels: number): Case[] => [
  {
    name: `lists of ${levels} levels`,
    token: payload(inside(`"x":${nested('[', ']', levels)}`)),
    check: 'format',
    finding: 'json.too_deep',
  },
  {
    name: `objects of ${levels} levels`,
    token: payload(inside(`"x":${nested('{"a":', '}', levels).replace('}', '0}')}`)),
    check: 'format',
    finding: 'json.too_deep',
  },
];
const depth: Case[] = [
  ...[128, 129, 1000, 20_000].flatMap(deep),
  {
    name: 'lists that never end',
    token: payload(inside(`"x":${'['.repeat(90_000)}`)),
    check: 'format',
    finding: 'json.too_deep',
  },
  {
    name: 'a header of 1000 levels',
    token: header(`{"alg":"ES256","kid":"ES256-1","x":${nested('[', ']', 1000)}}`),
    check: 'format',
    finding: 'json.too_deep',
  },
];

// ---------------------------------------------------------------- names of JavaScript

/** What would count if a name were looked up along the prototype, or copied by assignment. */
const inherited: Case[] = [
  {
    name: 'a good exp in __proto__ beside a past one',
    token: payload(JSON.stringify(claims({ exp: 1 })).replace('{', `{"__proto__":{"exp":${NOW + HOUR}},`)),
    check: 'expiry',
  },
  {
    name: 'a good audience in __proto__ alone',
    token: payload(
      JSON.stringify(claims({ aud: undefined })).replace('{', '{"__proto__":{"aud":"https://api.example.com"},'),
    ),
    check: 'audience',
  },
  {
    name: 'a good issuer in __proto__ alone',
    token: payload(
      JSON.stringify(claims({ iss: undefined })).replace('{', '{"__proto__":{"iss":"https://id.example.com"},'),
    ),
    check: 'issuer',
    finding: 'claims.iss.mismatch',
  },
  {
    name: 'alg in __proto__ alone',
    token: header('{"__proto__":{"alg":"ES256"},"kid":"ES256-1"}'),
    check: 'format',
    finding: 'token.malformed',
  },
  {
    name: 'the kid __proto__',
    token: header('{"alg":"ES256","kid":"__proto__"}'),
    check: 'key',
    finding: 'jwks.kid.not_found',
  },
  {
    name: 'a scope in __proto__ alone',
    token: payload(JSON.stringify(claims({ scope: undefined })).replace('{', '{"__proto__":{"scope":"admin"},')),
    options: { expectations: { scope: ['admin'] } },
    check: 'scope',
  },
  ...['constructor', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'].map((name) => ({
    name: `${name}, which is asked for and which every object of JavaScript has`,
    token: payload(text),
    options: { expectations: { requiredClaims: [name] } },
    check: `claim:${name}` as const,
  })),
];
const ordinary: Case[] = [
  {
    name: 'the names of JavaScript as claims',
    token: payload(
      inside('"__proto__":{"exp":1},"constructor":1,"toString":null,"then":"x","toJSON":"x","hasOwnProperty":[]'),
    ),
  },
  {
    name: '__proto__ in the header',
    token: header('{"alg":"ES256","kid":"ES256-1","__proto__":{"crit":["x"],"b64":false}}'),
  },
];

// ---------------------------------------------------------------- no JSON

const NO_JSON: readonly string[] = [
  ...[
    `${text} `.repeat(2),
    `${text}x`,
    `${text},`,
    `${text};`,
    `${text}\u0000`,
    `${text}//`,
    `/**/${text}`,
    `x${text}`,
  ],
  ...[
    text.slice(0, -1),
    text.slice(0, 30),
    inside(''),
    inside('"x":'),
    inside('"x":1,'),
    text.replaceAll('"', "'"),
    inside('x:1'),
    inside('"x":[1,]'),
  ],
  ...[
    inside('"x":NaN'),
    inside('"x":Infinity'),
    inside('"x":-Infinity'),
    inside('"x":0x10'),
    inside('"x":01'),
    inside('"x":+1'),
    inside('"x":.5'),
    inside('"x":1.'),
  ],
  ...[
    inside('"x":1e'),
    inside('"x":--1'),
    inside('"x":1_000'),
    inside('"x":True'),
    inside('"x":undefined'),
    inside('"x":"\\x41"'),
    inside('"x":"\\u00"'),
    inside('"x":"\\u{41}"'),
  ],
  ...[
    inside('"x":"a\nb"'),
    inside('"x":"\u0000"'),
    inside('"x":"\u001b[2J"'),
    inside('"x":"'),
    `\u00a0${text}`,
    `\ufeff\ufeff${text}`,
    `)]}'\n${text}`,
    'PK\u0003\u0004',
  ],
];
const invalid: Case[] = NO_JSON.map((content, at) => ({
  name: `no JSON ${at + 1}: ${JSON.stringify(content.replace(text.slice(0, -1), '…')).slice(0, 60)}`,
  token: payload(content),
  ...(content.startsWith('\ufeff')
    ? { check: 'encoding' as const, finding: 'json.bom' }
    : { check: 'format' as const, finding: 'json.invalid' }),
}));

const notObject: Case[] = [
  '[]',
  '[{"iss":"https://id.example.com"}]',
  '"text"',
  'null',
  'true',
  '1',
  '1e999',
  '-0',
].map((content) => ({
  name: `the payload ${content}`,
  token: payload(content),
  check: 'format' as const,
  finding: 'claims.not_object',
}));
const emptyPayload: Case[] = [' ', '\n\t', '""""'].map((content) => ({
  name: `the payload ${JSON.stringify(content)}`,
  token: payload(content),
  check: 'format' as const,
  finding: 'json.invalid',
}));

const plain: Case = { name: 'plain claims', token: payload(text) };
const numbers: Case[] = [
  {
    name: 'numbers that JavaScript cannot carry',
    token: payload(inside('"a":12345678901234567890,"b":1e999,"c":-0,"d":1.0,"e":1e-400,"f":0.1e1')),
  },
  { name: 'lone halves of surrogate pairs by escapes', token: payload(inside('"a":"\\ud800","\\udc00":1')) },
];

export const jsons: readonly Family[] = [
  {
    name: 'members that stand twice',
    good: [plain, { name: 'one name in two objects', token: payload(inside('"x":{"exp":1},"y":{"exp":2}')) }],
    bad: duplicates,
  },
  {
    name: 'depth',
    good: [{ name: 'lists of 127 levels', token: payload(inside(`"x":${nested('[', ']', 127)}`)) }],
    bad: depth,
  },
  { name: 'names of JavaScript', good: ordinary, bad: inherited },
  {
    name: 'no JSON',
    good: [
      plain,
      ...numbers,
      {
        name: 'white space wherever JSON has it',
        token: payload(` \r\n\t${JSON.stringify(claims(), undefined, '\t')}\n`),
      },
    ],
    bad: [...invalid, ...notObject, ...emptyPayload],
  },
];
