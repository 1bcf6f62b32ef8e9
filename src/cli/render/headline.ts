// The verdict in words: the first line of a report, and of a monitor. One line, no colour.

import { type Cause, type Description, isReport, type Report } from '../../core/report.ts';
import { durationWords } from '../../core/time.ts';

const MARKS = { active: '✓', inactive: '✗', unknown: '?' } as const;

/** `✓ active - verified locally, expires in 42 min`; for a description without a verdict what it is. */
export function headline(report: Report | Description): string {
  if (!isReport(report)) return `${words(report)}, decoded only`;
  const { verdict } = report;
  return `${MARKS[verdict]} ${verdict} - ${[reason(report), ...how(report), ...left(report)].filter((part) => part !== '').join(', ')}`;
}

const FORMATS: Readonly<Record<string, string>> = {
  jws: 'JWT',
  'jws-json': 'JWS in JSON serialization',
  jwe: 'JWE',
  'sd-jwt': 'SD-JWT',
  paseto: 'PASETO',
  opaque: 'opaque token',
};

/** `JWT access token`, `opaque token of GitHub`. */
export function words({ token }: Description): string {
  if (token === undefined) return 'no token';
  const format = FORMATS[token.format] ?? token.format;
  const kind =
    token.kind === 'unknown' || token.kind === 'sd_jwt'
      ? ''
      : ` ${token.kind.replaceAll('_', ' ').replace('id token', 'ID token')}`;
  const vendor = token.vendor === undefined ? '' : ` of ${token.vendor}`;
  const noun = token.format === 'opaque' ? (kind === '' ? 'opaque token' : `opaque${kind}`) : `${format}${kind}`;
  return noun + vendor;
}

/** Why it is not active: the first cause, else the first failed check, else the error. */
function reason(report: Report): string {
  if (report.verdict === 'active') return '';
  const [first] = report.causes;
  if (report.error !== undefined) return ERRORS[report.error.code] ?? 'no answer could be had';
  if (first !== undefined) return causeWords(first, report);
  const failed = report.checks.find(({ outcome }) => outcome === 'failed');
  return failed === undefined ? '' : `${failed.name.replaceAll('_', ' ')} failed`;
}

const ERRORS: Readonly<Record<string, string>> = {
  ERR_ISSUER_UNTRUSTED: 'nobody named its issuer, so nothing was verified',
  ERR_NO_USABLE_KEY: 'there is no usable key',
  ERR_CLIENT_AUTHENTICATION: 'the server refused the caller',
  ERR_CLIENT_CREDENTIALS_MISSING: 'client credentials are missing',
  ERR_ENDPOINT_UNKNOWN: 'nobody to ask',
  ERR_TOKEN_UNSUPPORTED: 'nobody here can judge it',
  ERR_OFFLINE: 'the network is needed and off',
  ERR_TIMEOUT: 'no answer in time',
  ERR_TLS: 'no trusted connection',
};

function causeWords({ code, confidence }: Cause, report: Report): string {
  if (code === 'expired') return expiredWords(report);
  if (code === 'wrong_token_kind') return kindWords(report);
  const inferred = Object.hasOwn(INFERRED, code) ? INFERRED[code] : undefined;
  if (inferred === undefined || confidence === 'certain') return inferred ?? CAUSES[code] ?? code.replaceAll('_', ' ');
  return confidence === 'likely' ? `${inferred}, most likely` : `perhaps ${inferred}`;
}

function expiredWords({ times }: Report): string {
  const [end, now] = [times?.expires_at, times?.evaluated_at].map((time) => Date.parse(time ?? '') / 1000);
  const ago = (now ?? Number.NaN) - (end ?? Number.NaN);
  return ago >= 1 ? `expired ${durationWords(ago)} ago` : 'expired';
}

/** `an ID token, which is the wrong kind`; what is no token at all is only said to be wrong. */
function kindWords({ token, checks }: Report): string {
  const isBroken = checks.some(({ name, outcome }) => name === 'format' && outcome === 'failed');
  if (token === undefined || token.kind === 'unknown' || isBroken) return 'the wrong kind of token';
  const kind = token.kind.replaceAll('_', ' ').replace('id token', 'ID token').replace('dpop', 'DPoP');
  return `${/^[aeiou]/i.test(kind) ? 'an' : 'a'} ${kind}, which is the wrong kind`;
}

/** What is concluded and not seen: said with how sure it is. */
const INFERRED: Readonly<Record<string, string>> = {
  caller_not_in_audience: 'refused to this caller',
  asked_wrong_server: 'of another server than the one asked',
  asked_through_other_hostname: 'asked through another host name',
  refresh_token_needs_hint: 'a refresh token that was asked about without its hint',
  hint_contradicts_token: 'asked about with the wrong hint',
  key_of_other_environment: 'signed by a key of another environment',
  algorithm_confusion: 'made to confuse algorithms',
  clock_skew: 'judged by a clock that is off',
  client_credentials_wrong: 'asked with wrong credentials',
};

const CAUSES: Readonly<Record<string, string>> = {
  not_yet_valid: 'not valid yet',
  revoked_or_unknown: 'revoked or unknown at the server',
  signature_altered: 'its signature does not verify',
  token_truncated: 'a part of it is missing',
  token_damaged: 'its text is damaged',
  malformed_member: 'made in a form that no reader accepts',
  ambiguous_token: 'two tokens in one: a member stands twice in it',
  unsupported_extension: 'it demands an extension that is not supported',
  lightweight_token: 'a lightweight token, of which the server knows the rest',
  key_rotated: 'signed by a key that is not in the set',
  key_id_reused: 'signed by another key than it names',
  issuer_trailing_slash: 'of an issuer that differs by a slash',
  issuer_version_pair: 'of the other version of the issuer',
  issuer_differs: 'of another issuer',
  audience_missing: 'for no audience',
  audience_differs: 'for another audience',
  scope_missing: 'a scope is missing',
  claim_differs: 'a claim is not the one asked for',
  lifetime_too_short: 'it ends too soon',
  too_old: 'it was issued too long ago',
  strict_only: 'not checked enough for --strict',
  key_not_for_signatures: 'it names a key that is for something else',
  not_locally_verifiable: 'only its audience can verify it',
  algorithm_none: 'not signed',
  algorithm_not_allowed: 'its algorithm is not allowed',
  symmetric_algorithm: 'made with a shared secret',
  milliseconds_not_seconds: 'its times are in milliseconds',
  sender_constrained: 'bound to another key',
  weak_key: 'signed by a key that proves nothing',
};

function how(report: Report): string[] {
  const { checks, introspection, verdict } = report;
  if (verdict === 'unknown') return [];
  const signed = checks.some(({ name, outcome }) => name === 'signature' && outcome === 'passed');
  const asked = introspection?.response !== undefined;
  if (signed && asked) return ['verified locally and asked at the server'];
  if (signed) return ['verified locally'];
  return asked && report.verdict === 'active' ? ['says the server'] : [];
}

function left({ verdict, times }: Report): string[] {
  if (verdict !== 'active' || times?.ttl_seconds === undefined) return [];
  return times.ttl_seconds > 0
    ? [`expires in ${durationWords(times.ttl_seconds)}`]
    : [`expired ${durationWords(times.ttl_seconds)} ago by its own word`];
}
