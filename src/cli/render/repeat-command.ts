// The command that asks the same question again, built from a report alone: neither token nor secret can be in it, because
// a report has none. Where one is needed, stdin or a variable stands in its place. For a POSIX shell.

import { escapeText } from '../../core/escape.ts';
import { type Json, textMember } from '../../core/json.ts';
import { type Check, type Description, isReport, type Report } from '../../core/report.ts';
import type { Surface } from './renderer.ts';

const PLAIN = /^[A-Za-z0-9_.,:/@%+=-]+$/;

/** A word for the shell; what is not plain is quoted, and nothing in the quotes is expanded. */
export const shellWord = (text: string): string =>
  PLAIN.test(text) ? text : `'${escapeText(text).replaceAll("'", "'\\''")}'`;

/** `tokctl verify - --issuer https://id.example.com --audience my-api`: the token is read from stdin. */
export function repeatCommand(report: Report | Description, command: Surface['command']): string {
  const flags = isReport(report)
    ? [...trust(report), ...expectations(report), ...asking(report, command), ...weaknesses(report)]
    : [];
  return ['tokctl', command, '-', ...flags].join(' ');
}

const flag = (name: string, value: string | undefined): string[] =>
  value === undefined ? [] : [`--${name}`, shellWord(value)];

// ---------------------------------------------------------------- whom to trust

function trust({ issuer, issuer_source, verification, introspection, token }: Report): string[] {
  const named = issuer_source === 'token' ? ['--trust-iss'] : flag('issuer', issuer);
  const asked = issuer === undefined ? flag('introspection-endpoint', introspection?.endpoint) : [];
  if (verification === undefined) return [...named, ...asked];
  const { jwks_uri } = verification;
  if (textMember(token?.header, 'alg')?.startsWith('HS') === true)
    return [...named, ...asked, '--secret env:TOKEN_SECRET'];
  const keys = jwks_uri === undefined ? ['--jwks "$JWKS_FILE"'] : issuer === undefined ? flag('jwks', jwks_uri) : [];
  return [...named, ...keys, ...asked];
}

// ---------------------------------------------------------------- what was expected

/** Options by the check that they ask for; the rest of the checks are made without being asked for. */
const OPTION_OF: Readonly<Record<string, string>> = {
  audience: 'audience',
  scope: 'scope',
  kind: 'expect',
  type: 'typ',
  nonce: 'nonce',
};

function expectations({ checks }: Report): string[] {
  return checks.flatMap((check) => {
    const { name, expected } = check;
    if (expected === undefined) return [];
    if (name === 'lifetime') return flag('min-ttl', durationFlag(expected));
    if (name === 'max_age') return flag('max-age', durationFlag(expected));
    if (name.startsWith('claim:')) return claimFlag(check, expected);
    const option = Object.hasOwn(OPTION_OF, name) ? OPTION_OF[name] : undefined;
    return option === undefined ? [] : flag(option, listed(expected));
  });
}

function claimFlag({ name }: Check, expected: Json): string[] {
  const claim = name.slice('claim:'.length);
  if (expected === 'present') return flag('require-claim', claim);
  return typeof expected === 'string' ? flag('claim', `${claim}=${expected}`) : [];
}

function listed(expected: Json): string | undefined {
  if (typeof expected === 'string') return expected;
  const texts = Array.isArray(expected) ? expected.filter((one) => typeof one === 'string') : [];
  return texts.length === 0 ? undefined : texts.join(',');
}

const UNITS: Readonly<Record<string, number>> = { y: 31_536_000, d: 86_400, h: 3600, min: 60, s: 1 };

/** `1 h 30 min or more` back to `5400s`. */
function durationFlag(expected: Json): string | undefined {
  if (typeof expected !== 'string') return undefined;
  const parts = [...expected.matchAll(/(\d+) (y|d|h|min|s)\b/g)];
  const seconds = parts.reduce((sum, [, count = '0', unit = 's']) => sum + Number(count) * (UNITS[unit] ?? 1), 0);
  return parts.length === 0 ? undefined : `${seconds}s`;
}

// ---------------------------------------------------------------- who asks, and what was let pass

const CREDENTIALS: Readonly<Record<string, readonly string[]>> = {
  client_secret_basic: ['--client-secret env:CLIENT_SECRET'],
  client_secret_post: ['--client-secret env:CLIENT_SECRET'],
  client_secret_jwt: ['--client-secret env:CLIENT_SECRET'],
  private_key_jwt: ['--client-key "$CLIENT_KEY_FILE"'],
  tls_client_auth: ['--tls-cert "$TLS_CERT_FILE"'],
  self_signed_tls_client_auth: ['--tls-cert "$TLS_CERT_FILE"'],
  none: [],
};

function asking({ introspection, verification, token }: Report, command: Surface['command']): string[] {
  if (introspection === undefined || command !== 'introspect') return [];
  const { client_auth, token_type_hint } = introspection;
  const mode = verification !== undefined ? ['--mode both'] : token?.format === 'jws' ? ['--mode remote'] : [];
  const own = Object.hasOwn(CREDENTIALS, client_auth) ? CREDENTIALS[client_auth] : undefined;
  const credentials =
    own === undefined
      ? ['--bearer env:BEARER']
      : [
          '--client-id "$CLIENT_ID"',
          ...own,
          ...(client_auth === 'client_secret_basic' ? [] : ['--client-auth', client_auth]),
        ];
  return [...mode, ...credentials, ...flag('token-type-hint', token_type_hint)];
}

/** What was switched off or chosen; a tolerance of clocks is not known by its size. */
function weaknesses({ weakened, times, introspection, verification, checks }: Report): string[] {
  const options: Readonly<Record<string, () => string[]>> = {
    insecure_http: () => ['--insecure-http'],
    insecure_tls: () => ['--insecure-tls'],
    at_time: () => flag('at', times?.evaluated_at),
    algorithm_allowed: () => flag('alg', verification?.key?.alg),
    basic_encoding_raw: () => ['--basic-encoding raw'],
    endpoint_origin: () => flag('allow-endpoint-origin', originOf(introspection?.endpoint)),
  };
  const strict = checks.some(({ outcome, because }) => outcome === 'failed' && because.endsWith('(--strict)'));
  return [...weakened.flatMap((one) => options[one]?.() ?? []), ...(strict ? ['--strict'] : [])];
}

const originOf = (url: string | undefined): string | undefined =>
  url !== undefined && URL.canParse(url) ? new URL(url).origin : undefined;
