// What is fuzzed: each reader of text from outside, with what must hold whatever comes in. A target throws when it does not.

import { batchLine } from '../../src/cli/batch/batch-lines.ts';
import { loadChecks } from '../../src/cli/check/file.ts';
import { loadConfig } from '../../src/cli/config-file.ts';
import { escapeText } from '../../src/core/escape.ts';
import { isJsonObject, JsonError, MAX_DUPLICATES, parseJson, printJson } from '../../src/core/json.ts';
import { unwrapPaste } from '../../src/core/paste.ts';
import { redactor, withoutSignatures } from '../../src/core/redact.ts';
import { isWellFormed, parseToken } from '../../src/core/token.ts';
import { decode, TokctlError, verify } from '../../src/index.ts';
import type { HttpAnswer } from '../../src/protocol/http/network.ts';
import { readIntrospectionAnswer } from '../../src/protocol/introspection.ts';
import { hasUsableKey, judgeKey, parseJwks, traceKey } from '../../src/protocol/jwks.ts';
import { keyProblems, thumbprint } from '../../src/protocol/key-strength.ts';
import { endpointOf, readMetadataAnswer } from '../../src/protocol/metadata.ts';
import { readGrantAnswer } from '../../src/protocol/token-endpoint.ts';
import { fakeHost } from '../cli/fake-host.ts';

export interface Target {
  /** Reads one input. @throws when what must hold does not */
  readonly run: (input: Buffer) => void | Promise<void>;
  /** Inputs to begin with, besides the corpus. */
  readonly seeds: readonly string[];
  /** Pieces that mean something to this reader. */
  readonly words: readonly string[];
}

export function assert(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`does not hold: ${what}`);
}

const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;
const base64url = (text: string): string => Buffer.from(text).toString('base64url');
/** A text with lone surrogates where the bytes are no UTF-8: nothing else reaches the readers. */
const textOf = (input: Buffer): string => input.toString('utf8');

/** Gives what `read` gives, or undefined for the failure that is its right; every other failure is a fault. */
function orFailure<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TokctlError)) throw error;
    assert(!UNSAFE.test(escapeText(error.message + error.hint)), 'a message can be escaped');
    assert(error.code !== 'ERR_INTERNAL', 'a fault of the input is no fault of tokctl');
    return undefined;
  }
}

// ---------------------------------------------------------------- texts

const JWT = `${base64url('{"alg":"ES256","typ":"at+jwt","kid":"a"}')}.${base64url('{"sub":"a","exp":1}')}.${base64url('x'.repeat(64))}`;
const JWE = `${base64url('{"alg":"dir","enc":"A256GCM"}')}..AAAA.AAAA.AAAA`;

const paste: Target = {
  run: (input) => {
    const text = textOf(input);
    const { tokens, notes, refused } = unwrapPaste(text);
    assert(refused === undefined || tokens.length === 0, 'what is refused gives no token');
    for (const token of tokens) {
      assert(
        notes.every((note) => token.text.length <= 40 || !note.includes(token.text)),
        'no note holds a token',
      );
      assert(token.text === token.text.trim() || tokens.length > 0, 'a token is trimmed');
    }
  },
  seeds: [
    JWT,
    `Bearer ${JWT}`,
    `curl -H "Authorization: Bearer ${JWT}" https://a/`,
    `{"access_token":"${JWT}","id_token":"x"}`,
    `https://a/cb#access_token=${JWT}&state=1`,
    `Cookie: a=b; token=${JWT}`,
    `export TOKEN="${JWT}"`,
    `"access_token": "${JWT}",`,
    'Authorization: Basic YTpi',
    '-----BEGIN PRIVATE KEY-----',
    JWT.replace(/(.{20})/g, '$1\n'),
  ],
  words: [
    'Bearer ',
    'curl ',
    'wget ',
    '-H ',
    '--header=',
    '-d ',
    '-b ',
    '-u ',
    'Authorization: ',
    'Cookie: ',
    'access_token',
    'id_token=',
    '&',
    '=',
    ';',
    '"',
    "'",
    '\n',
    '\\\n',
    'https://',
    '#',
    '?',
    '{"',
    '":"',
    '"}',
    'export ',
    '%20',
    JWT,
  ],
};

const classification: Target = {
  run: async (input) => {
    const text = textOf(input);
    const token = parseToken(text);
    if (token.jws !== undefined && token.format === 'jws') {
      assert(token.jws === text, 'what is verified is the text itself');
      const parts = text.split('.');
      assert(parts.length === 3, 'a JWS has three parts');
      for (const part of parts)
        assert(Buffer.from(part, 'base64url').toString('base64url') === part, 'each part has one spelling');
    }
    const described = await decode(text, { now: 0 });
    assert(
      described.exit_code === (described.checks.some(({ outcome }) => outcome === 'failed') ? 1 : 0),
      'the exit code is that of the checks',
    );
    const printed = printJson(described);
    assert(!UNSAFE.test(printed), 'the report is plain text');
    JSON.parse(printed);
    const judged = await verify(text, { now: 0, jwks: '{"keys":[{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"}]}' });
    assert(judged.verdict !== 'active', 'nothing is active without a signature');
  },
  seeds: [
    JWT,
    JWE,
    `${JWT}~${base64url('["a","b","c"]')}~`,
    'v4.public.AAAA',
    'ghp_0123456789abcdefghijABCDEFGHIJ012345',
    `{"payload":"${base64url('{}')}","signatures":[]}`,
    `${JWT}=`,
    JWT.slice(0, 50),
    'an-opaque-token',
    `${base64url('{"alg":"none"}')}.${base64url('{}')}.`,
    'eyJ',
    '{"keys":[]}',
  ],
  words: [
    '.',
    '..',
    '~',
    '=',
    '+',
    '/',
    'eyJ',
    'v4.public.',
    'v2.local.',
    'ghp_',
    'glpat-',
    'npm_',
    'xoxb-',
    'ya29.',
    '{"',
    JWT,
    JWE,
    base64url('{"alg":"none"}'),
    base64url('{"alg":"ES256","crit":["x"]}'),
    base64url('{"__proto__":1}'),
  ],
};

/** Header, payload and signature on a line each: they are put together as a token, so that JSON is what is changed. */
const claims: Target = {
  run: (input) => {
    const [header = '', payload = '', signature = ''] = textOf(input).split('\n');
    const text = [header, payload].map(base64url).concat(base64url(signature)).join('.');
    const { claims: read, header: head, faults, format } = parseToken(text);
    const byRuntime = objectOf(payload);
    if (format === 'jws' && isWellFormed(parseToken(text)))
      assert(byRuntime !== undefined && head !== undefined, 'a well-formed token has JSON in both parts');
    if (
      read !== undefined &&
      byRuntime !== undefined &&
      !faults.some(({ finding }) => finding === 'json.duplicate_member')
    )
      assert(Object.keys(read).length === Object.keys(byRuntime).length, 'no claim is lost');
    return classification.run(Buffer.from(text));
  },
  seeds: [
    '{"alg":"ES256"}\n{"sub":"a"}\nx',
    '{"alg":"RS256","kid":"a","crit":["b64"],"b64":false}\n{"exp":1e999,"nbf":"1","iat":null,"aud":["a",1]}\nx',
    '{"alg":"none"}\n{}\n',
    '{"alg":"ES256","typ":"dpop+jwt","jwk":{}}\n{"htm":"GET","htu":"x","cnf":{"jkt":"a"}}\nx',
    '{"alg":"ES256"}\n{"scope":["a"],"events":{},"realm_access":{"roles":[]},"_sd":[]}\nx',
  ],
  words: [
    '"alg"',
    '"crit"',
    '"b64"',
    '"kid"',
    '"typ"',
    '"cty"',
    '"zip"',
    '"jku"',
    '"exp"',
    '"nbf"',
    '"iat"',
    '"aud"',
    '"iss"',
    '"scope"',
    '"cnf"',
    '"__proto__"',
    '"constructor"',
    ':',
    ',',
    '[',
    ']',
    '{',
    '}',
    'null',
    'true',
    '1e999',
    '-0',
    '"\\u0061lg"',
    '"\\ud800"',
    '\n',
  ],
};

function objectOf(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Our reader and that of the runtime must agree: on what is JSON, and on what it says. */
const json: Target = {
  run: (input) => {
    const text = textOf(input);
    const ours = attempt(() => parseJson(text));
    const theirs = attempt(() => JSON.parse(text) as unknown);
    if (ours instanceof JsonError && ours.tooDeep) return;
    assert(ours instanceof Error === theirs instanceof Error, 'both readers take it, or none');
    if (ours instanceof Error || theirs instanceof Error) return;
    assert(ours.duplicates.length <= MAX_DUPLICATES, 'few duplicates are told');
    const printed = printJson(ours.value);
    assert(!UNSAFE.test(printed), 'what is printed is plain text');
    assert(JSON.stringify(JSON.parse(printed)) === JSON.stringify(theirs), 'what is printed is what was read');
    assert(printJson(parseJson(printed).value) === printed, 'printing is stable');
    const indented: unknown = JSON.parse(printJson(ours.value, 2));
    assert(JSON.stringify(indented) === JSON.stringify(theirs), 'indentation changes nothing');
  },
  seeds: [
    '{"a":[1,-0,1.0,1e999,12345678901234567890,true,null,"\\u0061\\ud800\\n"],"a":{"__proto__":1}}',
    ' [ ] ',
    '"\\u202e<"',
    '{"a":1,"\\u0061":2}',
    '-1.5E+10',
    '[[[[[[]]]]]]',
    '{"":{"":{}}}',
    '"\u2028"',
    'nul',
    '01',
    '{"a":1,}',
    "{'a':1}",
  ],
  words: [
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '\\u0000',
    '\\ud83d',
    '\\ude00',
    '\\"',
    '\\/',
    '\\x',
    'true',
    'false',
    'null',
    'NaN',
    '-0',
    '1e',
    'E+',
    '.',
    '__proto__',
    '\ufeff',
    '\u00a0',
    '//',
    '/*',
    '\u0000',
    '\u2028',
  ],
};

function attempt<T>(read: () => T): T | Error {
  try {
    return read();
  } catch (error) {
    if (error instanceof JsonError || error instanceof SyntaxError) return error;
    throw error;
  }
}

/** The first line is the secret: nothing of it may be left in the rest, nor of its spellings. */
const redaction: Target = {
  run: (input) => {
    const [secret = '', ...lines] = textOf(input).split('\n');
    const text = lines.join('\n');
    const spelt = [
      text,
      ...(secret.length < 8
        ? []
        : [secret, encodeURIComponent(Buffer.from(secret).toString()), Buffer.from(secret).toString('base64')]),
    ];
    for (const one of spelt) {
      const shown = redactor([secret], [secret])(`${one} ${secret}`);
      if (secret.length >= 6 && !'[redacted]'.includes(secret)) assert(!shown.includes(secret), 'the secret is gone');
    }
    const unsigned = withoutSignatures(text);
    assert(withoutSignatures(unsigned) === unsigned, 'what was taken out is out');
    assert(!UNSAFE.test(escapeText(text)), 'an escaped text is plain');
    assert(escapeText(escapeText(text)) === escapeText(text), 'escaping is stable');
  },
  seeds: [
    'a-secret-of-mine\nbefore a-secret-of-mine after',
    `opaque-token\n${JWT} ${JWT}`,
    'aaaaaaaaaaaaaaaa\naaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    'p&ss "w<rd>\nx',
  ],
  words: ['\n', 'a-secret', 'eyJ', '.', JWT, '[redacted]', '##[', '##vso[', '\u001b', '\ud800', '%', '&lt;'],
};

// ---------------------------------------------------------------- documents of servers

/** The first byte chooses status and media type, the rest is the body. */
function answerOf(input: Buffer): HttpAnswer {
  const statuses = [200, 200, 200, 200, 400, 401, 302, 429, 500, 204];
  const types = [
    'application/json',
    'application/json',
    'application/problem+json',
    'text/html',
    undefined,
    'application/token-introspection+jwt',
  ];
  const choice = input[0] ?? 0;
  const mediaType = types[Math.floor(choice / statuses.length) % types.length];
  const text = textOf(input.subarray(1));
  const headers = new Map([
    ['www-authenticate', text.slice(0, 40)],
    ['location', text.slice(0, 40)],
    ['retry-after', text.slice(0, 10)],
  ]);
  return {
    url: new URL('https://id.example.com/x'),
    status: statuses[choice % statuses.length] ?? 200,
    headers,
    ...(mediaType === undefined ? {} : { mediaType }),
    text,
    latencyMs: 1,
  };
}

const introspection: Target = {
  run: (input) => {
    const answer = answerOf(input);
    const read = orFailure(() => readIntrospectionAnswer(answer));
    if (read !== undefined) {
      const byRuntime = objectOf(answer.text) as { active?: unknown } | undefined;
      assert(byRuntime !== undefined && Object.hasOwn(byRuntime, 'active'), 'an answer has the member active');
      assert(read.active === byRuntime.active, 'and it is the word of the server');
      assert(answer.status === 200, 'an answer has the status 200');
      assert(!Object.hasOwn(read.claims, 'active'), 'active is no claim');
      printJson(read.claims);
    }
    const granted = orFailure(() => readGrantAnswer(answer));
    assert(granted === undefined || granted.accessToken !== '', 'a grant has a token');
  },
  seeds: [
    '\0{"active":true,"scope":"a b","exp":1}',
    '\0{"active":false}',
    '\0{"active":"true"}',
    '\0{"active":true,"active":false}',
    '\0{"active":true,"exp":"1","iat":1e12,"nbf":null,"scope":["a"],"scp":"a,b"}',
    '\u0004{"error":"invalid_client","error_description":"x"}',
    '\u0005',
    '\u001e<html>',
    '\0{"access_token":"a","token_type":"Bearer"}',
    '\0{"__proto__":{"active":true}}',
  ],
  words: [
    '"active"',
    'true',
    'false',
    '"error"',
    '"error_description"',
    '"scope"',
    '"exp"',
    '"access_token"',
    '"\\u0061ctive"',
    '"__proto__"',
    ':',
    ',',
    '{',
    '}',
    '[',
    ']',
    '"',
    '1e999',
    '<html>',
  ],
};

const metadata: Target = {
  run: (input) => {
    const answer = answerOf(input);
    const read = orFailure(() => readMetadataAnswer(answer, 'https://id.example.com'));
    if (read === undefined || read instanceof TokctlError) return;
    assert(
      (objectOf(answer.text) as { issuer?: unknown }).issuer === 'https://id.example.com',
      'the issuer is the one that was asked',
    );
    for (const name of ['jwksUri', 'introspectionEndpoint', 'tokenEndpoint'] as const)
      for (const mutualTls of [false, true]) {
        const url = orFailure(() => endpointOf(read, name, { mutualTls }));
        assert(url === undefined || /^https?:$/.test(url.protocol), 'an endpoint is a URL of the web');
      }
  },
  seeds: [
    '\0{"issuer":"https://id.example.com","jwks_uri":"https://id.example.com/jwks","introspection_endpoint":"https://id.example.com/i"}',
    '\0{"issuer":"https://id.example.com/","jwks_uri":"file:///etc/passwd"}',
    '\0{"issuer":"https://id.example.com","token_endpoint":["x"],"mtls_endpoint_aliases":{"token_endpoint":"//x"},"token_endpoint_auth_methods_supported":[1,"a"]}',
    '\0{"issuer":1}',
  ],
  words: [
    '"issuer"',
    '"https://id.example.com"',
    '"jwks_uri"',
    '"token_endpoint"',
    '"introspection_endpoint"',
    '"mtls_endpoint_aliases"',
    '"token_endpoint_auth_methods_supported"',
    ':',
    ',',
    '{',
    '}',
    '[',
    ']',
    'file:',
    'data:',
    '//',
    '@',
    '{tenantid}',
    '\\u0000',
  ],
};

const ALGORITHMS = ['RS256', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'HS256', 'none', '__proto__'];

const keys: Target = {
  run: (input) => {
    const set = orFailure(() =>
      parseJwks(textOf(input), (problem) => new TokctlError('ERR_RESPONSE_INVALID', problem, { hint: 'x' })),
    );
    if (set === undefined) return;
    assert(set.keys.length <= 256 && set.ignored >= 0, 'no more keys are read than that');
    hasUsableKey(set);
    for (const key of set.keys.slice(0, 16)) {
      assert(isJsonObject(key), 'a key is an object');
      const secret = ['d', 'k', 'p'].some((name) => Object.hasOwn(key, name));
      assert(!secret || keyProblems(key).some(({ fatal }) => fatal), 'a key with a private member is never used');
      thumbprint(key);
      const shown = printJson(traceKey(key, false, 'x'));
      assert(!/"(?:d|k|p|q|dp|dq|qi)":/.test(shown), 'no private member is shown');
      for (const alg of ALGORITHMS) {
        const judged = judgeKey(key, { alg, kid: 'a' });
        assert(
          judged.skipped !== undefined || (key['kid'] === 'a' && !secret),
          'a key that is used has the kid, and no secret',
        );
        assert(judged.skipped !== undefined || (alg !== 'none' && alg !== '__proto__'), 'no key is for no algorithm');
      }
    }
  },
  seeds: [
    '{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB","kid":"a","alg":"RS256","use":"sig"},{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA","kid":"a"},{"kty":"OKP","crv":"Ed25519","x":"AAAA","kid":"a"},{"kty":"oct","k":"AAAA"},null]}',
    '{"kty":"EC","crv":"P-384","x":"AA","y":"AA"}',
    '{"keys":{}}',
    `{"keys":[{"kty":"RSA","n":"${'_'.repeat(342)}8","e":"Aw","kid":"a"}]}`,
    `{"keys":[{"kty":"OKP","crv":"Ed25519","x":"${'A'.repeat(43)}","kid":"a"}]}`,
    '{"keys":[],"keys":[]}',
  ],
  words: [
    '"keys"',
    '"kty"',
    '"RSA"',
    '"EC"',
    '"OKP"',
    '"oct"',
    '"crv"',
    '"P-256"',
    '"Ed25519"',
    '"n"',
    '"e"',
    '"x"',
    '"y"',
    '"d"',
    '"k"',
    '"kid"',
    '"a"',
    '"alg"',
    '"use"',
    '"sig"',
    '"key_ops"',
    '["verify"]',
    'AQAB',
    'null',
    ':',
    ',',
    '{',
    '}',
    '[',
    ']',
    '_'.repeat(40),
  ],
};

// ---------------------------------------------------------------- files of people

const config: Target = {
  run: async (input) => {
    const { host } = fakeHost({
      files: { '/c.yaml': { content: input, mode: 0o600 }, '/tokctl.yaml': { content: input } },
      env: { HOME: '/h' },
    });
    const settle = async (read: Promise<unknown>) => {
      const result: unknown = await read.catch((error: unknown) => error);
      orFailure(() => {
        if (result instanceof Error) throw result;
      });
      return result instanceof Error ? undefined : result;
    };
    await settle(loadConfig('/c.yaml', host));
    await settle(loadChecks('/tokctl.yaml', host));
  },
  seeds: [
    'profiles:\n  a:\n    issuer: https://id.example.com\n    audience: [a, b]\ndefault-profile: a\n',
    'checks:\n  one:\n    token: env:T\n    min-ttl: 5m\n',
    'a: &x [1]\nb: *x\n',
    'profiles: {a: {client-secret: "x"}}',
    '%YAML 1.2\n---\n- |\n  x\n',
    'profiles:\n  __proto__:\n    issuer: x\n',
    '? a\n: b\n',
    '!!js/function x',
    'a: &a [*a]',
  ],
  words: [
    'profiles:',
    'checks:',
    'default-profile:',
    'issuer:',
    'audience:',
    'client-secret:',
    'token:',
    'min-ttl:',
    ': ',
    '\n  ',
    '- ',
    '&a ',
    '*a',
    '<<: ',
    '!!str ',
    '!!binary ',
    '|\n',
    '>\n',
    '---\n',
    '...\n',
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    '#',
    '~',
    'null',
    '.inf',
    '0x1F',
    '2001-01-01',
    '\t',
    '__proto__:',
    'env:X',
    'file:x',
    'cmd:x',
  ],
};

const batch: Target = {
  run: (input) => {
    const text = textOf(input).split('\n', 1)[0] ?? '';
    const read = orFailure(() => batchLine(text, 1));
    if (read !== undefined) printJson(read as object);
  },
  seeds: [
    '{"token":"a","id":"b"}',
    JWT,
    '',
    '# x',
    '{"token":1}',
    '{"token":"a","token":"b"}',
    '"a"',
    '[1]',
    '{"access_token":"a"}',
    'Bearer x',
  ],
  words: ['{', '}', '"token"', '"id"', ':', ',', '"', '\\ud800', '#', 'Bearer ', JWT],
};

export const TARGETS: Readonly<Record<string, Target>> = {
  paste,
  classification,
  claims,
  json,
  redaction,
  introspection,
  metadata,
  keys,
  config,
  batch,
};
