// Causes for an answer that was none: the server has no introspection, does not take this token, or says no in its own way.

import type { Cause } from '../core/report.ts';
import { adviceOr, cause, type Facts, providerLine, type Rule } from './facts.ts';
import { kindWords } from './kind-words.ts';

// ---------------------------------------------------------------- nobody to ask

const noIntrospection: Rule = (facts) => {
  const { shape, report, provider } = facts;
  const code = report.error?.code;
  if (code === 'ERR_TOKEN_UNSUPPORTED' && report.introspection === undefined && shape?.sure === true)
    return shape.howToCheck === 'rfc7662' || !shape.isToken ? [] : [ofVendor(facts)];
  if (code === 'ERR_TOKEN_UNSUPPORTED' && report.introspection !== undefined) return refusedForm(facts);
  const isMissing = code === 'ERR_ENDPOINT_UNKNOWN' && report.issuer !== undefined;
  const isGone = code === 'ERR_HTTP_STATUS' && [404, 405, 410].includes(Number(report.error?.details?.['status']));
  if (isMissing) return [notNamed(facts)];
  return isGone && report.introspection !== undefined && provider !== undefined && provider.introspection !== 'standard'
    ? [notNamed(facts)]
    : [];
};

const ofVendor = ({ shape, report }: Facts): Cause =>
  cause('provider_has_no_introspection', 'certain', {
    because: `${shape?.vendor ?? 'its vendor'} has no introspection (RFC 7662) for it, and checks it in another way`,
    evidence: report.token?.evidence ?? [],
    fix: shape?.checkDetail ?? 'ask the vendor',
  });

function notNamed(facts: Facts): Cause {
  const { provider } = facts;
  const isKnown = provider?.introspection === 'none' || provider?.introspection === 'own';
  return cause('provider_has_no_introspection', isKnown ? 'certain' : 'likely', {
    because: isKnown
      ? `${provider?.name} has no introspection endpoint`
      : provider?.introspection === 'elsewhere'
        ? `${provider.name} has an introspection endpoint and does not name it in its metadata`
        : 'the metadata of the issuer names no introspection endpoint: it has none, or has it switched off',
    evidence: [`issuer: ${facts.report.issuer ?? 'none'}`, ...providerLine(facts)],
    fix: adviceOr(
      facts,
      'provider_has_no_introspection',
      'verify a JWT here, tokctl verify; or name the endpoint if there is one: --introspection-endpoint URL',
    ),
  });
}

/** `unsupported_token_type`: the server has introspection, and not for a token of this form. */
function refusedForm(facts: Facts): Cause[] {
  const { kind = 'unknown', evidence = [], format } = facts.report.token ?? {};
  const says = `error ${facts.error?.details.oauthError ?? 'unsupported_token_type'}, status ${facts.error?.details.status ?? ''}`;
  if (kind !== 'unknown' && kind !== 'access_token' && kind !== 'refresh_token')
    return [
      cause('wrong_token_kind', 'likely', {
        because: `it is ${kindWords(kind)}, and servers introspect access and refresh tokens`,
        evidence: [...evidence, says],
        fix: 'send the access token instead, which came in the same response',
      }),
    ];
  return [
    cause('provider_has_no_introspection', 'certain', {
      because:
        format === 'jws' || format === 'jwe'
          ? 'this server introspects opaque tokens only: it refuses JWTs, which are verified with its keys'
          : 'this server does not introspect tokens of this form',
      evidence: [says],
      fix: 'verify it here: tokctl introspect - --mode auto, or tokctl verify -',
    }),
  ];
}

/** An empty 204 where a signed answer was asked for is how some servers say inactive. */
const emptyAnswer: Rule = (facts) => {
  const { error, provider } = facts;
  const isEmpty = error?.code === 'ERR_RESPONSE_INVALID' && error.details.status === 204;
  if (!isEmpty || provider?.traits.has('empty_is_inactive') !== true) return [];
  return [
    cause('revoked_or_unknown', 'likely', {
      because: `${provider.name} answers an empty 204 for a token that is not active`,
      evidence: ['status 204 without a body', ...providerLine(facts)],
      fix: 'ask for JSON to be sure: leave out --accept jwt; then get a new token',
    }),
  ];
};

/** A hint that the server refuses. */
const refusedHint: Rule = ({ error, tokenTypeHint }) => {
  const { oauthError, oauthErrorDescription = '' } = error?.details ?? {};
  if (tokenTypeHint === undefined || error?.code !== 'ERR_OAUTH' || oauthError !== 'invalid_request') return [];
  if (!/token.?type|hint/i.test(oauthErrorDescription)) return [];
  return [
    cause('hint_contradicts_token', 'likely', {
      because: 'the server does not know the token_type_hint that was sent',
      evidence: [`token_type_hint sent: ${tokenTypeHint}`, `the server says: ${oauthErrorDescription}`],
      fix: 'leave out --token-type-hint',
    }),
  ];
};

export const NO_ANSWER_RULES: readonly Rule[] = [noIntrospection, emptyAnswer, refusedHint];
