// Causes that tell what a token is: its kind, what it is bound to, single values that were asked for, and `--strict`.

import { type KindName, normalizeTyp } from '../core/kind.ts';
import type { Cause, Check } from '../core/report.ts';
import {
  cause,
  claimLine,
  type Facts,
  failedCheck,
  isMadeByClient,
  isStrict,
  listed,
  malformed,
  type Rule,
  reallyFailed,
} from './facts.ts';
import { kindWords, purposeOf } from './kind-words.ts';

// ---------------------------------------------------------------- kind

const kind: Rule = (facts) => {
  const check = reallyFailed(facts, 'kind');
  if (check?.expected === undefined) return wrongAllTheSame(facts);
  const [expected, actual] = [check.expected, check.actual ?? 'unknown'].map(String) as [string, string];
  if (actual === 'unknown')
    return [
      cause('wrong_token_kind', 'possible', {
        because: `expected ${kindWords(expected)}, and nothing in the token tells what it is`,
        evidence: [...purposeLines(expected, actual), ...serverEvidence(facts)],
        fix: `see where it was got: of one response ${kindWords(expected).replace(/^an? /, 'the ')} is the one to send`,
      }),
    ];
  const own = facts.report.token?.kind === actual ? (facts.report.token?.evidence ?? []) : serverEvidence(facts);
  return [
    cause('wrong_token_kind', 'certain', {
      because: `expected ${kindWords(expected)}, got ${kindWords(actual)}`,
      evidence: [...own, ...purposeLines(expected, actual)],
      fix: `send ${kindWords(expected).replace(/^an? /, 'the ')} instead${sameResponse(expected)}`,
    }),
  ];
};

const sameResponse = (expected: string): string =>
  ['access_token', 'id_token', 'refresh_token'].includes(expected) ? ', which came in the same response' : '';

/** What each of the two is for, so that it is seen why one does not stand for the other. */
const purposeLines = (expected: string, actual: string): string[] =>
  [actual, expected].flatMap((name) => purposeOf(name as KindName) ?? []);

/** What the answer says of the kind of an opaque token. */
const serverEvidence = ({ report }: Facts): string[] =>
  ['token_use', 'token_type'].flatMap((name) =>
    claimLine(report.claims, name).map((text) => `the server says ${text}`),
  );

/** An ID token where audience or scope of an API was asked for: it has the audience of its client, and no scope. */
function wrongAllTheSame(facts: Facts): Cause[] {
  const { kind: actual = 'unknown', evidence = [] } = facts.report.token ?? {};
  if (actual === 'unknown' || actual === 'access_token' || facts.expectations.kind === actual) return [];
  const asked = reallyFailed(facts, 'audience') ?? reallyFailed(facts, 'scope');
  const typ = reallyFailed(facts, 'type');
  const isOfClient = isMadeByClient(facts) && failsAsIssued(facts);
  if (asked === undefined && !isOfClient && !(typ !== undefined && wantsAccess(typ))) return [];
  return [
    cause('wrong_token_kind', 'certain', {
      because: `it is ${kindWords(actual)}, which is not for an API`,
      evidence: [...evidence, ...purposeLines('access_token', actual)],
      fix: 'send the access token instead, which came in the same response',
    }),
  ];
}

const failsAsIssued = (facts: Facts): boolean =>
  (['issuer', 'key', 'signature'] as const).some((name) => failedCheck(facts, name) !== undefined);

const wantsAccess = (check: Check): boolean => normalizeTyp(listed(check.expected)) === 'at+jwt';

// ---------------------------------------------------------------- possession and single values

const possession: Rule = (facts) => {
  const check = failedCheck(facts, 'confirmation');
  if (check === undefined) return [];
  return [
    cause('sender_constrained', 'certain', {
      because: `the token is bound to its sender, and what was brought as proof does not fit: ${check.because}`,
      evidence: [
        ...(check.expected === undefined ? [] : [`expected ${listed(check.expected)}`]),
        ...(check.actual === undefined ? [] : [`got ${listed(check.actual)}`]),
      ],
      fix: 'present the token with the key or certificate that it was issued for, and a proof of this very request',
    }),
  ];
};

/** A claim that was asked for by name or value, a nonce, a type, a hash. */
const claimDiffers: Rule = (facts) => {
  const failed = facts.report.checks.filter(
    (check) => check.outcome === 'failed' && !isStrict(check) && isValue(check),
  );
  const [first] = failed;
  if (first === undefined) return [];
  return [
    cause('claim_differs', 'certain', {
      because: valueWords(first),
      evidence: failed.map(
        (check) =>
          `${nameOfValue(check)}: expected ${listed(check.expected)}, got ${check.actual === undefined ? 'none' : listed(check.actual)}`,
      ),
      fix: FIXES[first.name] ?? 'have the server write the claim, or correct what you ask for',
    }),
  ];
};

function valueWords(check: Check): string {
  const name = nameOfValue(check);
  if (check.actual === undefined) return `there is no ${name} in the token`;
  return `${name} is ${listed(check.actual)}, and you asked for ${listed(check.expected)}`;
}

const isValue = ({ name }: Check): boolean => ['nonce', 'at_hash', 'type'].includes(name) || name.startsWith('claim:');

const nameOfValue = ({ name }: Check): string => (name === 'type' ? 'typ' : name.replace(/^claim:/, ''));

const FIXES: Readonly<Record<string, string>> = {
  nonce: 'take the ID token of the sign-in whose nonce you sent; another one may be a replay',
  at_hash: 'give the access token that came in the same response',
  'claim:c_hash': 'give the authorization code that came in the same response, without the percent encoding of a URL',
  type: 'many servers write `JWT` for every token: leave out --typ, and name the kind with --expect',
};

const malformedTime: Rule = (facts) =>
  (['expiry', 'not_before', 'issued_at'] as const).flatMap((name) => {
    const check = reallyFailed(facts, name);
    return check !== undefined && /\.(?:type|absurd)$/.test(check.finding ?? '')
      ? [malformed(check, (check.finding ?? '').split('.')[1] ?? name)]
      : [];
  });

// ---------------------------------------------------------------- --strict

/** What turns the first of the warnings into a check that passes. */
function strictFix({ name, actual, finding }: Check): string {
  if (name === 'audience') return 'name yours: --audience NAME';
  if (name === 'issuer') return 'name it: --issuer URL';
  if (name === 'expiry' && finding === 'claims.exp.missing') return 'have the issuer write exp';
  if (name !== 'kind') return 'see each of them with tokctl explain, or leave out --strict';
  return actual === undefined || actual === 'unknown' || actual === 'access_token'
    ? 'name the kind that you expect: --expect access_token'
    : `if ${kindWords(String(actual))} is what you check: --expect ${String(actual)}; else send the access token`;
}

/** What fails because `--strict` takes a warning for a failure, and for nothing else. */
const strictOnly: Rule = ({ report }) => {
  const failed = report.checks.filter(isStrict);
  const [first] = failed;
  if (first === undefined) return [];
  const others = report.checks.some((check) => check.outcome === 'failed' && !isStrict(check));
  return [
    cause('strict_only', others ? 'possible' : 'certain', {
      because: `--strict takes for a failure what only warns otherwise: ${failed.map(({ name }) => name).join(', ')}`,
      evidence: failed.map(({ name, because }) => `${name}: ${because.replace(/ \(--strict\)$/, '')}`),
      fix: strictFix(first),
    }),
  ];
};

export const KIND_RULES: readonly Rule[] = [kind];

export const PURPOSE_RULES: readonly Rule[] = [possession, claimDiffers, malformedTime];

/** After all others: what they explain is not repeated. */
export const STRICT_RULES: readonly Rule[] = [strictOnly];
