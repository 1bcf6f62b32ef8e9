// What the pure readers say, word by word: of claims, headers, damaged texts, kinds, pasted texts, times, JSON and secrets. The words stand in
// words/*.txt, where a change of them is seen and read; `npx vitest run test/core/words.test.ts -u` writes them anew.

import { describe, expect, it } from 'vitest';
import { checkClaims } from '../../src/core/claims.ts';
import { shellWord } from '../../src/core/escape.ts';
import type { Expectations } from '../../src/core/expectations.ts';
import { isJsonObject, JsonError, JsonNumber, type JsonObject, parseJson, printJson } from '../../src/core/json.ts';
import { KIND_NAMES, type KindName, kindOf } from '../../src/core/kind.ts';
import { lintHeader } from '../../src/core/lint.ts';
import { unwrapPaste } from '../../src/core/paste.ts';
import { redactJson, redactor, withoutSignatures } from '../../src/core/redact.ts';
import { shapeOf } from '../../src/core/shape.ts';
import { checksumCheck } from '../../src/core/shape-checksum.ts';
import { durationWords, formatIso, formatUtc, parseDuration, parseTime, relativeWords } from '../../src/core/time.ts';
import { parseToken } from '../../src/core/token.ts';
import { base64url, compactJwe, compactJws, SIGNATURE } from './compact.ts';

const NOW = 1_800_000_000;
const ISSUER = 'https://id.example.com';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function object(text: string): JsonObject {
  const { value } = parseJson(text);
  if (!isJsonObject(value)) throw new Error(`expected an object, got ${text}`);
  return value;
}

/** One case a line: what went in, and what came out of it. */
const lines = (cases: readonly (readonly [input: string, output: unknown])[]): string =>
  `${cases.map(([input, output]) => `${input} → ${printJson(output as object)}`).join('\n')}\n`;

const golden = (name: string, cases: Parameters<typeof lines>[0]) =>
  expect(lines(cases)).toMatchFileSnapshot(`words/${name}.txt`);

// ---------------------------------------------------------------- claims

describe('claims', () => {
  /** Those of any claims at all, which tell nothing here. */
  const USUAL = checkClaims({
    claims: {},
    kind: 'access_token',
    issuer: undefined,
    expectations: {},
    now: NOW,
    origin: 'token',
  });
  const isUsual = (check: object): boolean => USUAL.some((usual) => printJson(usual) === printJson(check));
  const said = (claims: string, expectations: Expectations = {}, more: object = {}) => {
    const given = { kind: 'access_token' as KindName, issuer: undefined, origin: 'token' as const, ...more };
    const checks = checkClaims({ claims: object(claims), expectations, now: NOW, ...given });
    const input = [
      claims,
      ...[expectations, more].filter((one) => Object.keys(one).length > 0).map((one) => printJson(one)),
    ];
    return [input.join(' '), checks.filter((check) => !isUsual(check))] as const;
  };
  const issuers = [ISSUER, 'https://other.example', 7, null].map((iss) => `{"iss":${JSON.stringify(iss)}}`);

  it('issuer', () =>
    golden('issuer', [
      ...['{}', ...issuers].map((claims) => said(claims, {}, { issuer: ISSUER })),
      ...['{}', ...issuers].map((claims) => said(claims)),
      ...['{}', ...issuers].map((claims) => said(claims, {}, { issuer: ISSUER, origin: 'answer' })),
      said(issuers[0] ?? '', {}, { origin: 'answer' }),
    ]));

  it('audience', () => {
    const audiences = ['{}', '{"aud":"a"}', '{"aud":["a","b"]}', '{"aud":[]}', '{"aud":["a",7]}', '{"aud":7}'];
    return golden(
      'audience',
      [[], ['a'], ['c'], ['c', 'b'], ['c', 'd']].flatMap((audience) =>
        audiences.map((claims) => said(claims, { audience })),
      ),
    );
  });

  it('times', () => {
    const times = [
      NOW - 100_000,
      NOW - 30,
      NOW,
      NOW + 30,
      NOW + 7_261,
      '-1',
      '0',
      '1.8e9',
      '"1"',
      'null',
      '1e999',
      `${NOW}000`,
    ];
    const claims = times.flatMap((time) => ['exp', 'nbf', 'iat'].map((name) => `{"${name}":${time}}`));
    const options: [Expectations, object][] = [
      [{}, {}],
      [{ clockTolerance: 60 }, {}],
      [{ clockTolerance: 30 }, {}],
      [{}, { origin: 'answer' }],
    ];
    return golden('times', [
      ...['{}', ...claims].flatMap((one) => options.map(([expected, more]) => said(one, expected, more))),
      said(`{"exp":${NOW}000,"nbf":1,"iat":${NOW}000,"auth_time":${NOW}000}`),
    ]);
  });

  it('lifetime and age', () => {
    const times = [
      '{}',
      `{"exp":${NOW + 60}}`,
      `{"exp":${NOW + 59}}`,
      `{"exp":${NOW}}`,
      `{"exp":${NOW - 9}}`,
      '{"exp":"x"}',
    ];
    const ages = [
      '{}',
      `{"iat":${NOW - 60}}`,
      `{"iat":${NOW - 61}}`,
      `{"iat":${NOW}}`,
      `{"iat":${NOW + 9}}`,
      '{"iat":"x"}',
    ];
    return golden('lifetime', [
      ...times.map((claims) => said(claims, { minTtl: 60 })),
      ...ages.flatMap((claims) =>
        [{ maxAge: 60 }, { maxAge: 60, clockTolerance: 9 }, { maxAge: 0 }].map((expected) => said(claims, expected)),
      ),
    ]);
  });

  it('kind and type', () =>
    golden('kind-and-type', [
      ...KIND_NAMES.flatMap((kind) => [
        said('{}', {}, { kind }),
        said('{}', { kind }, { kind }),
        said('{}', { kind: kind === 'id_token' ? 'access_token' : 'id_token' }, { kind }),
      ]),
      ...['{"typ":"at+jwt"}', '{"typ":"application/AT+JWT"}', '{"typ":"JWT"}', '{"typ":7}', '{}'].map((header) =>
        said('{}', { typ: 'at+jwt' }, { header: object(header) }),
      ),
      said('{}', { typ: 'at+jwt' }),
    ]));

  it('scope', () => {
    const scopes = [
      '{}',
      '{"scope":"a  b "}',
      '{"scope":" a,b"}',
      '{"scope":""}',
      '{"scp":["a","b",7]}',
      '{"scp":"a"}',
      '{"scope":7}',
    ];
    return golden(
      'scope',
      [['a'], ['a', 'b'], ['c', 'd']].flatMap((scope) => scopes.map((claims) => said(claims, { scope }))),
    );
  });

  it('any claims at all', () => golden('usual', [['{}', USUAL]]));

  it('nonce and claims of any name', () => {
    const nested =
      '{"a.b":1,"realm":{"roles":["x"],"deep":{"er":true}},"list":["x"],"none":null,"big":12345678901234567890}';
    const names = [
      'a.b',
      'realm.roles',
      'realm.deep.er',
      'realm.none',
      'list.0',
      'none',
      'none.x',
      'big',
      'missing',
      '.x',
      '',
    ];
    return golden('claims', [
      ...['{}', '{"nonce":"n"}', '{"nonce":"m"}', '{"nonce":7}'].map((claims) => said(claims, { nonce: 'n' })),
      said('{}'),
      said(nested, { requiredClaims: names }),
      said(nested, {
        claims: names.map((name) => ({ name, value: name === 'big' ? '12345678901234567890' : '["x"]' })),
      }),
      said('{"t":"x","n":1,"b":false}', {
        claims: [
          { name: 't', value: 'x' },
          { name: 't', value: 'y' },
          { name: 'n', value: '1' },
          { name: 'b', value: 'false' },
        ],
      }),
    ]);
  });
});

// ---------------------------------------------------------------- headers and texts

it('headers', () => {
  const headers = [
    ...['{}', '{"crit":["b64"]}', '{"crit":[]}', '{"crit":null}', '{"crit":"x"}', '{"crit":[7,{"a":1},"\\u001b[2J"]}'],
    ...['{"crit":["a","b","c","d","e"]}', '{"crit":["a","b","c","d","e","f"]}', `{"crit":["${'x'.repeat(70)}"]}`],
    ...[
      '{"b64":true}',
      '{"b64":false}',
      '{"b64":"false"}',
      '{"jku":"https://a/"}',
      '{"x5u":1}',
      '{"jwk":{}}',
      '{"x5c":[]}',
    ],
    ...[
      '{"jku":"a","x5c":[]}',
      '{"typ":"dpop+jwt","jwk":{}}',
      '{"typ":"dpop+jwt","jwk":{},"jku":"a"}',
      '{"typ":7,"jwk":{}}',
    ],
    ...[
      '{"kid":"k"}',
      '{"kid":7}',
      '{"kid":null}',
      '{"zip":"DEF"}',
      '{"zip":"DEF","enc":"A"}',
      '{"cty":"JWT"}',
      '{"cty":"jwt"}',
    ],
    ...['{"cty":"JWT","enc":"A"}', '{"cty":"x"}'],
  ];
  return golden(
    'headers',
    headers.map((header) => [header, lintHeader(object(header))]),
  );
});

it('texts', () => {
  const jws = compactJws({ sub: 'user-001' });
  const [header = '', payload = ''] = jws.split('.');
  const jwe = compactJwe();
  const raw = (head: string | Uint8Array, body: string | Uint8Array = '{"a":1}', signature = SIGNATURE) =>
    `${base64url(head)}.${base64url(body)}.${signature}`;
  const alg = '{"alg":"ES256"}';
  const texts: Record<string, string> = {
    'a JWS': jws,
    'a JWE': jwe,
    'an SD-JWT': `${jws}~${base64url('["s","a",1]')}~`,
    'an SD-JWT cut off': `${jws}~${base64url('["s","a",1]')}`,
    'an SD-JWT with a key binding': `${jws}~${jws}`,
    'an SD-JWT with a stranger': `${jws}~a!b~`,
    'an SD-JWT with a space': `${jws}~a b~`,
    'a tilde first': `~${jws}`,
    'a PASETO': 'v4.public.abc',
    'a PASETO inside': 'x.v4.public.abc',
    'a PASETO with a space': 'v4.local.a c',
    opaque: 'opaque-token',
    'opaque with a space': 'opaque token',
    'opaque with a control character': 'opaque\u0007token',
    nothing: '',
    'too long': 'x'.repeat(256 * 1024 + 1),
    'as long as may be': 'x'.repeat(256 * 1024),
    'one part': header,
    'one part cut off': base64url('{"alg":"ES256","ki'),
    'one part cut off, with a space': `${base64url('{"alg":"ES256","ki')} x`,
    'one part, damaged': base64url('{"alg":"ES256",,}'),
    'two parts': `${header}.${payload}`,
    'two parts, cut off': `${header}.${payload.slice(0, -3)}`,
    'two parts, with a space': `${header}.${payload} `,
    'no signature': `${header}.${payload}.`,
    'no signature, of none': `${base64url('{"alg":"none"}')}.${payload}.`,
    'no signature, of None': `${base64url('{"alg":"None"}')}.${payload}.`,
    'four parts': `${jws}.x`,
    'six parts': `${jws}.x.y.z`,
    'seven parts': `${jws}.x.y.z.a`,
    'twenty parts': `${jws}${'.x'.repeat(17)}`,
    'a JWE of two parts': jwe.split('.').slice(0, 2).join('.'),
    'a JWE of four parts': jwe.split('.').slice(0, 4).join('.'),
    'a JWE of four parts, with a space': `${jwe.split('.').slice(0, 4).join('.')} `,
    'a JWE of six parts': `${jwe}.x`,
    'a JWE of nine parts': `${jwe}.x.y.z.a`,
    'a JWE of three parts': jwe.split('.').slice(0, 3).join('.'),
    'enc in a JWS': raw('{"alg":"dir","enc":"A256GCM"}'),
    'five parts without enc': `${jws}.x.y`,
    'three parts without alg': raw('{"typ":"JWT"}'),
    'three parts, alg no text': raw('{"alg":7}'),
    'two parts without alg': `${base64url('{"typ":"JWT"}')}.x`,
    'a header that is a list': raw('[1]'),
    'a header with space before it': raw(' \n{"alg":"ES256"}'),
    'a header with a mark': raw(`\ufeff${alg}`),
    'a header that is no UTF-8': raw(Buffer.from([...Buffer.from('{"alg":"ES256","x":"'), 0xff, ...Buffer.from('"}')])),
    'a header with a replacement character': raw('{"alg":"ES256","x":"\ufffd"}'),
    'a header twice': raw('{"alg":"ES256","alg":"ES256"}'),
    'a header with many members twice': raw('{"alg":"ES256","a":1,"a":1,"b":1,"b":1,"c":1,"c":1,"d":1,"d":1}'),
    'a header of broken JSON': raw('{"alg":"ES256",}'),
    'a header of broken JSON without a name': raw('{"x":1,}'),
    'a header with text after it': raw(`${alg}{}`),
    'a header that is deep': raw(`{"alg":"ES256","x":${'['.repeat(200)}${']'.repeat(200)}}`),
    'padding in the header': `${header}=.${payload}.${SIGNATURE}`,
    'a plus in the signature': `${header}.${payload}.+${SIGNATURE.slice(1)}`,
    'a question mark in the payload': `${header}.${payload.slice(0, 4)}?${payload.slice(5)}.${SIGNATURE}`,
    'a space in the payload': `${header}.${payload.slice(0, 4)} ${payload.slice(5)}.${SIGNATURE}`,
    'a length that no base64url has': `${header}.${payload}.A`,
    'unused bits': `${header}.${payload}.AB`,
    'unused bits of two': `${header}.${payload}.AAB`,
    'an empty payload': `${header}..${SIGNATURE}`,
    'a payload that is no JSON': raw(alg, 'foo'),
    'a payload that is a list': raw(alg, '[1]'),
    'a payload that is text': raw(alg, '"x"'),
    'a payload with a mark': raw(alg, '\ufeff{}'),
    'a payload that is no UTF-8': raw(alg, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])),
    'a payload that is deep': raw(alg, `{"x":${'['.repeat(200)}${']'.repeat(200)}}`),
    'a payload with names twice': raw(alg, '{"a":1,"a":2,"\\u001b":1,"\\u001b":2}'),
    'damaged payload and coding': `${header}.${payload.slice(0, 5)}=.${SIGNATURE}`,
    'a JWS in JSON': `{"payload":"e30","protected":"${base64url(alg)}","signature":"AA"}`,
    'a JWS in JSON, of several': '{"payload":"e30","signatures":[]}',
    'a payload in JSON without a signature': '{"payload":"e30"}',
    'a JWE in JSON': '{"ciphertext":"AA","protected":"e30"}',
    'a JWK': '{"kty":"EC"}',
    'a JWK Set': '{"keys":[]}',
    'an object': '{"a":1}',
    'an object cut off': '{"a":',
    'an object cut off, with a space': '{"a": ',
  };
  return golden(
    'texts',
    Object.entries(texts).map(([name, text]) => {
      const { text: _, sha256: __, signature, jws: whole, ...rest } = parseToken(text);
      return [name, { ...rest, signature: signature?.length, jws: whole?.length }];
    }),
  );
});

// ---------------------------------------------------------------- kinds and shapes

it('kinds', () => {
  const claims = [
    ...['Bearer', 'DPoP', 'ID', 'Refresh', 'Offline', 'Logout', 'constructor'].map((typ) => `{"typ":"${typ}"}`),
    ...['access', 'access_token', 'id', 'id_token', 'refresh_token', 'x'].map((use) => `{"token_use":"${use}"}`),
    '{"token_use":"access","origin_jti":"x"}',
    '{"events":{"http://schemas.openid.net/event/backchannel-logout":{}}}',
    ...[
      '{"events":{"urn:x":{}}}',
      '{"events":7}',
      '{"token_introspection":{}}',
      '{"htm":"GET","htu":"x"}',
      '{"htm":"GET"}',
    ],
    ...['{"_sd":[]}', '{"vct":"x"}', '{"kubernetes.io":{}}', '{"kubernetes.io/serviceaccount/namespace":"x"}'],
    ...[
      '{"job_workflow_ref":"x","repository":"y"}',
      '{"job_workflow_ref":"x"}',
      '{"project_path":"x","pipeline_id":"1"}',
    ],
    ...[
      '{"project_path":"x"}',
      '{"response_type":"code","client_id":"a"}',
      '{"code":"x","iss":"y"}',
      '{"error":"x","state":"y"}',
    ],
    ...['at_hash', 'c_hash', 's_hash', 'nonce'].map((name) => `{"${name}":"x"}`),
    ...[
      'https://accounts.google.com',
      'accounts.google.com',
      'https://securetoken.google.com/p',
      'https://appleid.apple.com',
    ].map((iss) => `{"iss":"${iss}"}`),
    ...[
      'https://account.apple.com',
      'https://accounts.google.com.evil.example',
      'https://securetoken.google.com/p/q',
    ].map((iss) => `{"iss":"${iss}"}`),
    ...['{"iss":"a","sub":"a","aud":"b"}', '{"iss":"a","sub":"a"}', '{"iss":"a","sub":"b","aud":"b"}'],
    ...['{"iss":"a","sub":"a","aud":"b","scope":"c"}', '{"iss":"a","sub":"a","aud":"b","client_id":"c"}'],
    ...['scope', 'scp', 'client_id', 'cid', 'appid', 'roles', 'realm_access', 'gty', 'idtyp'].map(
      (name) => `{"${name}":"x"}`,
    ),
    ...[
      '{"scp":"x","tid":"t","oid":"o"}',
      '{"scp":"x","tid":"t","azpacr":"1"}',
      '{"scp":"x","tid":"t","appidacr":"1"}',
    ],
    ...[
      '{"scp":"x","tid":"t"}',
      '{"cid":"x","scp":["y"]}',
      '{"scope":"x","resource_access":{}}',
      '{"scope":"x","realm_access":{}}',
    ],
    ...[
      '{"scope":"x","gty":"y"}',
      '{"scope":"x","azp":"y","permissions":[]}',
      '{"scope":"x","azp":"y","permissions":[],"typ":"z"}',
    ],
    ...['{"scope":"x","azp":"y"}', '{"sub":"x"}', '{}'],
  ];
  const places = [
    'access_token',
    'ID_TOKEN',
    'refresh_token',
    'logout_token',
    'client_assertion',
    'token',
    'constructor',
  ];
  return golden('kinds', [
    ...claims.map(
      (one) => [one, kindOf({ format: 'jws', header: object('{"alg":"ES256"}'), claims: object(one) })] as const,
    ),
    ...places.map((takenFrom) => [`taken from ${takenFrom}`, kindOf({ format: 'opaque', takenFrom })] as const),
    ['an SD-JWT', kindOf({ format: 'sd-jwt', header: object('{"typ":"JWT"}') })],
    ['an SD-JWT with a type', kindOf({ format: 'sd-jwt', header: object('{"typ":"vc+sd-jwt"}') })],
    ['nothing', kindOf({ format: 'opaque' })],
  ]);
});

it('shapes and checksums', () => {
  const texts = [
    ...[
      `ghp_${'a'.repeat(36)}`,
      `gho_${'a'.repeat(36)}`,
      `npm_${'a'.repeat(36)}`,
      `glpat-${'a'.repeat(20)}`,
      'xoxb-1-2-abc',
    ],
    ...['ya29.abcdefghijklmnopqrstuvwxyz', 'AKIAIOSFODNN7EXAMPLE', 'Basic YTpi', '-----BEGIN PRIVATE KEY-----', 'abc'],
  ];
  return golden(
    'shapes',
    texts.map((text) => [text, { shape: shapeOf(text), checks: checksumCheck(text) }]),
  );
});

// ---------------------------------------------------------------- pasted texts

it('pasted texts', () => {
  const J = compactJws({ sub: 'user-001' });
  const named = (text: string) => text.replaceAll(J, '<JWT>');
  const wrapped = (width: number) => J.replace(new RegExp(`(.{${width}})`, 'g'), '$1\n');
  const texts = [
    ...[
      '',
      ' \n',
      J,
      `${J}\n`,
      ` ${J}`,
      `${J} `,
      `\t${J}\r\n`,
      `"${J}"`,
      `'${J}',`,
      `\`${J}\`;`,
      `“${J}”`,
      `‘${J}’`,
      `"${J}`,
      '"',
    ],
    ...[`Bearer ${J}`, `bearer  ${J}`, `DPoP ${J}`, `Token ${J}`, `FlyV1 ${J}`, 'Basic YTpi', `Other ${J}`],
    ...[
      `Authorization: Bearer ${J}`,
      `authorization:${J}`,
      `Proxy-Authorization: Bearer ${J}`,
      `DPoP: ${J}`,
      `X-Auth-Token: ${J}`,
    ],
    ...['Authorization: Basic YTpi', `Authorization: "Bearer ${J}"`, 'Authorization:'],
    ...[`> GET / HTTP/1.1\n> Host: a\n> Authorization: Bearer ${J}`, `Host: a\nAuthorization: Bearer ${J}\nAccept: x`],
    ...[`Authorization: Bearer ${J}\nfoo`, `Host: a\nAccept: b`, `Host: a\nAuthorization: `],
    ...[
      `Cookie: a=b; session_jwt=${J}`,
      `Cookie: a=${J}`,
      `Set-Cookie: access_token=${J}; Path=/`,
      'Cookie: a=b',
      'Cookie: ',
    ],
    ...[
      `cookie: csrf_token=${J}`,
      `Cookie: token=bearer%20${J}`,
      `Cookie: token="Bearer%20${J}"`,
      `Cookie: a=1; b`,
      `Cookie: ${'n'.repeat(41)}_token=x`,
    ],
    ...[
      `curl -H "Authorization: Bearer ${J}" https://a/`,
      `curl -H 'Authorization: Bearer ${J}'`,
      `$ curl --header=Authorization:${J}`,
    ],
    ...[
      `curl.exe -HAuthorization:${J}`,
      `wget --header "Authorization: Bearer ${J}" https://a/`,
      `curl --oauth2-bearer ${J} https://a/`,
    ],
    ...[
      `curl --oauth2-bearer="${J}"`,
      `curl --oauth2-bearer '${J}'`,
      `curl -b "token=${J}" https://a/`,
      `curl --cookie 'a=${J}'`,
      'curl -b cookies.txt https://a/',
    ],
    ...[
      `curl -d "token=${J}&x=1" https://a/`,
      `curl --data-urlencode 'token=${J}' https://a/`,
      `curl -d x=1 -d token=${J}`,
      `curl --data-raw "id_token=${J}"`,
    ],
    ...[
      `curl -u a:b https://a/`,
      `curl --user a:b -d token=${J} https://a/`,
      `curl -H "Authorization: Basic YTpi" -d token=${J}`,
    ],
    ...[
      `curl -H "Authorization: Basic YTpi" https://a/`,
      `curl -H "Cookie: token=${J}" https://a/`,
      `curl "https://a/?access_token=${J}"`,
    ],
    ...[`curl \\\n  -H "Authorization: Bearer ${J}"`, 'curl https://a/', 'wget https://a/', `curly ${J}`],
    ...[
      `{"access_token":"${J}"}`,
      `{"idToken":"${J}","accessToken":"${J}"}`,
      `{"data":{"access_token":"${J}"}}`,
      '{"a":1}',
      '{"access_token":""}',
    ],
    ...[
      '{"kty":"oct","k":"AA"}',
      '{"kty":"EC","d":"AA"}',
      '{"kty":"AKP","priv":"AA"}',
      '{"kty":"EC","x":"AA"}',
      '{"access_token":7}',
      '{"a":',
    ],
    ...[`"access_token": "${J}",`, `"access_token":"${J}"`, `"a": 7,`, `"a": "${J}" x`],
    ...[
      `https://a/cb#access_token=${J}&state=1`,
      `https://a/?id_token=${J}`,
      `app://cb?token=${J}`,
      `#access_token=${J}`,
      `?access_token=${J}&x=y`,
    ],
    ...[
      `access_token=${J}&refresh_token=${J}`,
      `token=${J}`,
      'https://a/',
      'https://a/?access_token=%E0%A4%A',
      'access_token=a b',
      `code=1&state=2`,
    ],
    ...[
      `export ACCESS_TOKEN="${J}"`,
      `ACCESS_TOKEN=${J}`,
      `$env:TOKEN = '${J}';`,
      `set ID_TOKEN=${J}`,
      `access_token: ${J}`,
      `# comment\nA_TOKEN=${J}\n\nB_JWT=${J}`,
    ],
    ...[`NAME=value-of-it\nTOKEN=${J}`, `TOKEN=${J}\nsome text`, 'TOKEN=short', `TOKEN==${J}`, `PATH=/usr/bin:/bin`],
    ...[
      wrapped(64),
      wrapped(100),
      wrapped(76).replaceAll('\n', '\r\n'),
      `Authorization: Bearer ${wrapped(64)}`,
      `${J}\nsomething`,
      `a\nb`,
      `${J.slice(0, 50)}\n\n${J.slice(50)}`,
    ],
    ...[`Bearer Bearer Bearer Bearer Bearer Bearer ${J}`, `"'\`"'${J}'"\`'"`],
    ...['-----BEGIN RSA PRIVATE KEY-----\nAA', '-----BEGIN PUBLIC KEY-----'],
  ];
  return golden(
    'pasted',
    texts.map((text) => {
      const { tokens, ...rest } = unwrapPaste(text);
      return [
        JSON.stringify(named(text)).slice(0, 110),
        { ...rest, tokens: tokens.map((one) => ({ ...one, text: named(one.text).slice(0, 60) })) },
      ];
    }),
  );
});

// ---------------------------------------------------------------- JSON, times, shell words

it('JSON', () => {
  const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
  const texts = [
    ...[
      '',
      ' ',
      '{',
      '[',
      '{"a"',
      '{"a":',
      '{"a":1',
      '{"a":1,',
      '{"a":1,}',
      '[1,]',
      '[1',
      '"a',
      '"\u0001"',
      '"\\x"',
      '"\\u12"',
      '"\\u12G4"',
    ],
    ...[
      '"\\u00e9\\n\\"\\\\\\/\\b\\f\\r\\t"',
      'tru',
      'falsy',
      'nul',
      'true',
      ' false ',
      'null',
      '01',
      '-',
      '1.',
      '.5',
      '1e',
      '+1',
      '0',
      '-0',
      '1.0',
      '1e2',
    ],
    ...[
      '1e999',
      '12345678901234567890',
      '0.1',
      '{} x',
      '[] []',
      '{a:1}',
      "{'a':1}",
      '{"a":1 "b":2}',
      '[1 2]',
      '{"a" 1}',
      '\u00a0{}',
      '\ufeff{}',
    ],
    ...[
      '{"a":1,"a":2,"b":{"c":1,"c":2}}',
      '[{"a":1,"a":1},{"a":1,"a":1}]',
      '{"__proto__":{"x":1}}',
      '[ 1 , { "a" : [ ] , "b" : { } } ]',
      '"\\ud800"',
    ],
  ];
  const read = (text: string): unknown => {
    try {
      return parseJson(text);
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      return { message: error.message, position: error.position, tooDeep: error.tooDeep };
    }
  };
  const values: unknown[] = [
    ...[
      null,
      true,
      7,
      1.5,
      'a',
      'é',
      '"\\\n',
      '\u001b[2J',
      '<b>',
      '##[a]',
      '##vso[a]',
      '#[a]',
      [],
      {},
      [1, ['é']],
      { é: { a: [] }, b: undefined },
    ],
    ...[
      new JsonNumber('1.0'),
      { a: new JsonNumber('1e999'), b: [undefined, null] },
      { a: { b: { c: [1, { d: 'x' }] } }, e: 'ü' },
      '\ud800',
      '\u{10ffff}',
    ],
  ];
  return golden('json', [
    ...texts.map((text) => [JSON.stringify(text), read(text)] as const),
    ...[127, 128, 129].map(
      (levels) => [`${levels} levels`, { tooDeep: (read(deep(levels)) as { tooDeep?: boolean }).tooDeep }] as const,
    ),
    ...[127, 128, 129].map(
      (levels) =>
        [
          `${levels} levels and a space`,
          { tooDeep: (read(` ${deep(levels)}`) as { tooDeep?: boolean }).tooDeep },
        ] as const,
    ),
    ...values.flatMap((value) =>
      [0, 2].map((indent) => [`printed by ${indent}`, { text: printJson(value as object, indent) }] as const),
    ),
  ]);
});

it('times and durations', () => {
  const moments = [
    -1,
    0,
    0.5,
    1_800_000_000,
    1_800_000_000.25,
    253_402_300_799,
    253_402_300_799.999,
    253_402_300_800,
    Number.NaN,
  ];
  const lengths = [
    0, 0.4, 1, 59, 60, 61, 119, 600, 3599, 3600, 3660, 35_999, 36_000, 37_000, 86_399, 86_400, 90_000, 864_000, 900_000,
  ];
  const long = [31_535_999, 31_536_000, 40_000_000, 320_000_000, 3_200_000_000, -90];
  const durations = [
    '30',
    '1.5s',
    '250ms',
    '5m',
    '5min',
    '12h',
    '7d',
    '2w',
    '',
    's',
    '-1s',
    '1y',
    ' 3s ',
    '1234567890123',
    '1.2345',
  ];
  const times = [
    ...[
      '1800000000',
      '1800000000.5',
      '1800000000.1234',
      '12345678901234',
      ' 1800000000 ',
      '2027-01-15',
      '2027-01-15T08:00:00Z',
      '2027-01-15 08:00Z',
    ],
    ...[
      '2027-01-15T08:00:00.5+01:00',
      '2027-02-30',
      '2027-13-01',
      '2027-01-15T08',
      '2027-01-15t08:00:00z',
      'now',
      '',
      '2027-01-15T25:00:00Z',
    ],
  ];
  return golden('times-in-words', [
    ...moments.map((seconds) => [`at ${seconds}`, { iso: formatIso(seconds), utc: formatUtc(seconds) }] as const),
    ...moments.map((seconds) => [`at ${seconds} again`, { iso: formatIso(seconds) }] as const),
    ...[...lengths, ...long].map((seconds) => [`for ${seconds}`, { words: durationWords(seconds) }] as const),
    ...[-90, -0.5, -0.4, 0, 0.4, 0.5, 90].map(
      (by) => [`from now ${by}`, { words: relativeWords(NOW + by, NOW) }] as const,
    ),
    ...durations.map((text) => [`duration ${JSON.stringify(text)}`, { seconds: parseDuration(text) }] as const),
    ...times.map((text) => [`time ${JSON.stringify(text)}`, { seconds: parseTime(text) }] as const),
  ]);
});

it('words of a shell', () =>
  golden(
    'shell',
    [
      'a',
      'https://a.example/b?c=1',
      'a@b:c,d+e%20=-_',
      '',
      'a b',
      "it's",
      '$(x)',
      'a\nb',
      '\u001b',
      'é',
      'a;',
      ';a',
    ].map((text) => [JSON.stringify(text), { word: shellWord(text) }]),
  ));

it('redacted texts', () => {
  const token = compactJws({ sub: 'user-001' });
  const secret = 'p&ss "w<rd>/+=é\\ 100%';
  const other = new URLSearchParams({ v: secret }).toString().slice(2);
  const spellings = [
    ...[
      secret,
      other,
      other.toLowerCase(),
      encodeURIComponent(secret),
      JSON.stringify(secret),
      printJson(secret),
      'secret',
      'sixsix',
    ],
    ...[
      'p&amp;ss &quot;w&lt;rd&gt;/+=é\\ 100%',
      'p&amp;ss',
      secret.slice(0, 12),
      secret.slice(0, 11),
      secret.slice(-12),
      secret.slice(-11),
    ],
    ...[0, 1, 2].flatMap((count) => [
      base64(`${'a'.repeat(count)}${secret}`),
      base64(`${'a'.repeat(count)}${secret}zz`),
      base64url(`${'a'.repeat(count)}${secret}`),
    ]),
    ...[
      token,
      token.split('.').slice(0, 2).join('.'),
      SIGNATURE,
      SIGNATURE.slice(0, 40),
      SIGNATURE.slice(-40),
      base64(SIGNATURE),
      `${token}~x~`,
    ],
    ...[
      'nothing of it',
      'opaque-token-0001',
      'opaque-token',
      `a ${secret} b ${secret}`,
      `${secret.slice(0, 15)}…`,
      `…${secret.slice(-15)}`,
    ],
  ];
  const hide = redactor([secret, 'sixsix', 'short'], [token, 'opaque-token-0001', 'x'.repeat(300_000)]);
  const named = (text: string) => text.replaceAll(token, '<JWT>').replaceAll(SIGNATURE, '<signature>');
  const values: object[] = [
    ...[
      { a: secret },
      { [secret]: 1 },
      { a: [secret, { b: [secret] }], c: null, d: true, e: undefined },
      [1, 2],
      { n: 123_456_789 },
    ],
    ...[{ n: new JsonNumber('1234567890123456789012') }, { é: 'x' }, { q: '"' }],
  ];
  const digits = redactor(['123456789']);
  return golden('redacted', [
    ...spellings.map((text) => [JSON.stringify(named(text)).slice(0, 60), { text: named(hide(text)) }] as const),
    ...values.map(
      (value) =>
        [printJson(value), { value: redactJson(value, hide), isSame: redactJson(value, hide) === value }] as const,
    ),
    ...values.map((value) => [`digits ${printJson(value)}`, { value: redactJson(value, digits) }] as const),
    ...[
      token,
      `a ${token} b`,
      `x.${token}`,
      `${token}.x`,
      'eyJhbGciOi.a.b',
      `eyJhbGciOi.a.${'b'.repeat(20)}`,
      `eyJhbGciOi.a.${'b'.repeat(19)}`,
    ].map((text) => [`signature of ${named(text)}`, { text: withoutSignatures(text) }] as const),
  ]);
});
