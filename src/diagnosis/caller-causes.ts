// Causes for which the server refused the one who asks: id, secret, their encoding, the method, a right that is missing.

import type { Cause, Confidence } from '../core/report.ts';
import { adviceOr, cause, type Facts, providerLine, type Rule } from './facts.ts';

// ---------------------------------------------------------------- the caller was refused

type Client = NonNullable<Facts['client']>;

interface Refusal {
  facts: Facts;
  client: Client;
  method: string;
  status: unknown;
  /** What the server wrote, in lower case. */
  words: string;
  evidence: string[];
}

const refused: Rule = (facts) => {
  const refusal = refusalOf(facts);
  if (refusal === undefined) return [];
  if (facts.provider?.traits.has('refusal_is_unknown') === true && refusal.status === 401)
    return [unknownToServer(refusal)];
  if (/https required/.test(refusal.words)) return [wantsHttps(refusal)];
  const found = [
    ...notAllowed(refusal),
    ...encoding(refusal),
    ...credentials(refusal),
    ...method(refusal),
    ...assertion(refusal),
  ];
  return found;
};

const CALLER_ERRORS = ['unauthorized_client', 'invalid_token', 'insufficient_scope', 'access_denied'];

/** A refusal of the caller by status, or by an OAuth error that says so (RFC 6749 §5.2, RFC 6750 §3.1). */
function refusalOf(facts: Facts): Refusal | undefined {
  const { error, client = {}, report } = facts;
  const { status, oauthError = '', oauthErrorDescription = '' } = error?.details ?? {};
  const how = report.introspection?.client_auth ?? '';
  const isUnheard = oauthError === 'invalid_request' && /client authentication|authorized/i.test(oauthErrorDescription);
  const isOAuth = isUnheard || CALLER_ERRORS.includes(oauthError);
  if (error?.code !== 'ERR_CLIENT_AUTHENTICATION' && !(error?.code === 'ERR_OAUTH' && isOAuth)) return undefined;
  const who = client.id === undefined ? '' : ` as client ${client.id}`;
  const challenge = error.details.wwwAuthenticate;
  return {
    facts,
    client,
    method: how,
    status,
    words: `${oauthError} ${oauthErrorDescription} ${error.details.excerpt ?? ''}`.toLowerCase(),
    evidence: [
      `status ${String(status)}${oauthError === '' ? '' : `, error ${oauthError}`}`,
      `asked with ${how === '' ? 'no known method' : how}${who}`,
      ...(challenge === undefined ? [] : [`WWW-Authenticate: ${challenge}`]),
    ],
  };
}

function unknownToServer({ facts, evidence }: Refusal): Cause {
  return cause('revoked_or_unknown', 'likely', {
    because: `${facts.provider?.name ?? 'this server'} answers 401 to a token that it cannot read, whoever asks`,
    evidence: [...evidence, ...providerLine(facts)],
    fix: 'see that the token is whole and of this server; its endpoint asks for no client',
  });
}

const wantsHttps = ({ evidence, words }: Refusal): Cause =>
  cause('asked_through_other_hostname', 'certain', {
    because: 'the server wants to be asked by https, and was asked by http',
    evidence: [...evidence, `the server says: ${words.trim()}`],
    fix: 'name the endpoint with https, or let the proxy in front tell the server that it speaks https',
  });

function notAllowed({ facts, status, method: how, words, evidence }: Refusal): Cause[] {
  if (status !== 403 && !/unauthorized_client|insufficient_scope|access_denied/.test(words)) return [];
  const isPublic = how === 'none';
  return [
    cause('client_not_allowed', isPage(facts) ? 'possible' : 'likely', {
      because: isPublic
        ? 'the client asks without a secret, and public clients may not introspect here'
        : 'the client is known but may not introspect',
      evidence: [...evidence, ...providerLine(facts)],
      fix: adviceOr(
        facts,
        'client_not_allowed',
        isPublic
          ? 'ask with a client that has a secret: --client-id ID --client-secret env:CLIENT_SECRET'
          : 'allow it at the server, or ask with a client that may',
      ),
    }),
  ];
}

/** A page for people: something in front of the server may have refused, and for another reason. */
const isPage = ({ error }: Facts): boolean => /html/.test(error?.details.mediaType ?? '');

/** The rest is about who asks and how; a 403 says that this was understood. */
const isAuthentication = ({ status, words }: Refusal): boolean =>
  status !== 403 && !/unauthorized_client|insufficient_scope|access_denied/.test(words);

// ---------------------------------------------------------------- how the credentials were written

/** Characters that form-encoding changes (RFC 6749 appendix B). */
const RESERVED = /[^A-Za-z0-9*._-]/;

function encoding(refusal: Refusal): Cause[] {
  const { id = '', secret = '', basicEncoding = 'form' } = refusal.client;
  if (!isAuthentication(refusal) || refusal.method !== 'client_secret_basic') return [];
  if (!(RESERVED.test(id) || RESERVED.test(secret)) || oddSecret(secret) !== undefined) return [];
  const other = basicEncoding === 'form' ? 'raw' : 'form';
  const where = [...(RESERVED.test(id) ? ['client id'] : []), ...(RESERVED.test(secret) ? ['secret'] : [])];
  return [
    cause('client_secret_encoding', 'likely', {
      because: `the ${where.join(' and the ')} has characters that are form-encoded for Basic, and servers disagree about that (RFC 6749 §2.3.1)`,
      evidence: [...refusal.evidence, `--basic-encoding ${basicEncoding}`],
      fix: `--basic-encoding ${other}, or send them in the body: --client-auth client_secret_post`,
    }),
  ];
}

// ---------------------------------------------------------------- the method

const SECRET_METHODS = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt'];

function method(refusal: Refusal): Cause[] {
  const { facts, method: how, evidence } = refusal;
  if (!isAuthentication(refusal) || facts.asksByToken) return [];
  const listed = facts.authMethods ?? [];
  const challenge = facts.error?.details.wwwAuthenticate ?? '';
  const wantsBearer = /^bearer\b/i.test(challenge) && listed.length === 0;
  const confidence = methodConfidence(refusal, listed, wantsBearer);
  if (confidence === undefined) return [];
  const isListed = listed.includes(how);
  return [
    cause('client_auth_method', confidence, {
      because:
        confidence === 'likely'
          ? wantsBearer
            ? 'the server wants to be asked with an access token, and was asked as a client'
            : `the server does not offer ${how} there`
          : 'the client may be registered for another method of authentication',
      evidence: [
        ...evidence,
        ...(listed.length === 0
          ? []
          : [`the metadata lists: ${listed.join(', ')}${isListed ? '' : `, and not ${how}`}`]),
        ...providerLine(facts),
      ],
      fix: adviceOr(facts, 'client_auth_method', methodFix(refusal, listed, wantsBearer)),
    }),
  ];
}

/** Undefined where the one method that the server lists was used. */
function methodConfidence(
  { method: how }: Refusal,
  listed: readonly string[],
  wantsBearer: boolean,
): Confidence | undefined {
  if (wantsBearer || (listed.length > 0 && !listed.includes(how))) return 'likely';
  return listed.length === 1 ? undefined : 'possible';
}

function methodFix({ client, method: how }: Refusal, listed: readonly string[], wantsBearer: boolean): string {
  if (wantsBearer) return 'ask with an access token: --bearer env:TOKEN, or --bearer-grant client_credentials';
  const possible = (listed.length > 0 ? listed : SECRET_METHODS.slice(0, 2)).filter((one) => one !== how);
  const ready = possible.find((one) =>
    SECRET_METHODS.includes(one) ? client.secret !== undefined : one === 'private_key_jwt' && client.key !== undefined,
  );
  return `--client-auth ${ready ?? possible[0] ?? 'client_secret_post'}`;
}

// ---------------------------------------------------------------- id and secret

function credentials(refusal: Refusal): Cause[] {
  const { facts, client, method: how, evidence, words } = refusal;
  if (!isAuthentication(refusal)) return [];
  if (facts.asksByToken || how.startsWith('bearer'))
    return [
      cause('client_credentials_wrong', 'likely', {
        because: 'the access token that asks was refused: it has expired, is of another server, or may not introspect',
        evidence,
        fix: 'get a new one for --bearer, and judge it by itself: tokctl introspect',
      }),
    ];
  const odd = oddSecret(client.secret ?? '');
  const isPlain = !RESERVED.test(client.id ?? '') && !RESERVED.test(client.secret ?? '');
  const saysSo = /invalid_client|authentication failed|bad credentials|invalid client/.test(words);
  const isListed = facts.authMethods === undefined || facts.authMethods.includes(how);
  const likely = odd !== undefined || (isPlain && saysSo && isListed && SECRET_METHODS.includes(how));
  return [
    cause('client_credentials_wrong', likely ? 'likely' : 'possible', {
      because:
        odd === undefined
          ? how === 'private_key_jwt'
            ? 'the server does not know the client or its key: the key is another, or of another environment'
            : 'client id or secret are wrong, or belong to another environment'
          : `the secret ${odd}: it is not what was registered`,
      evidence,
      fix: adviceOr(
        facts,
        'client_credentials_wrong',
        odd === undefined
          ? 'compare both with the registration of the client, in this environment'
          : 'give the secret itself: env:NAME, file:PATH or cmd:COMMAND, without quotes and line ends',
      ),
    }),
  ];
}

/** What is odd about a secret as a text. Nothing of it is repeated. */
function oddSecret(secret: string): string | undefined {
  if (/^\s|\s$/.test(secret)) return 'begins or ends with white space';
  if (/^(["']).*\1$/.test(secret)) return 'stands in quotes';
  if (/^\$\{?\w+\}?$|^%\w+%$|^\{\{.*\}\}$|^<[^<>]+>$/.test(secret))
    return 'looks like a placeholder that nobody replaced';
  return undefined;
}

function assertion(refusal: Refusal): Cause[] {
  const { client, method: how, evidence, words } = refusal;
  if (!isAuthentication(refusal) || (how !== 'private_key_jwt' && how !== 'client_secret_jwt')) return [];
  const { assertionAudience = 'issuer' } = client;
  const saysSo = /\baud(?:ience)?\b/.test(words);
  return [
    cause('assertion_audience', saysSo ? 'likely' : 'possible', {
      because: saysSo
        ? 'the server complains of the audience of the client assertion'
        : 'servers want different audiences in a client assertion: the issuer, the token endpoint or this endpoint',
      evidence: [...evidence, `aud of the assertion: ${assertionAudience}`],
      fix: `--client-assertion-audience ${assertionAudience === 'issuer' ? 'token' : 'issuer'}`,
    }),
  ];
}

export const CALLER_RULES: readonly Rule[] = [refused];
