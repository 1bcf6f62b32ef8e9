// A fresh token of the client itself (RFC 6749 §4.4): granted, asked about, verified, and revoked. Nothing else of the server
// is changed: the one token that is revoked is the one that was got a moment ago.

import { TokctlError } from '../core/errors.ts';
import { type JsonObject, textMember } from '../core/json.ts';
import type { Report } from '../core/report.ts';
import { parseToken } from '../core/token.ts';
import { compare } from '../judging/comparison.ts';
import { notLocallyVerifiable } from '../judging/local.ts';
import { readSubject } from '../judging/subject.ts';
import { type IntrospectionAnswer, readIntrospectionAnswer } from '../protocol/introspection.ts';
import { endpointOf, type Metadata } from '../protocol/metadata.ts';
import { type Granted, grantRequest, readGrantAnswer } from '../protocol/token-endpoint.ts';
import { verify } from '../verify.ts';
import { cacheControlOf } from './cache-control.ts';
import { callerAt, hasClient, refusedOrigin } from './caller.ts';
import { ask, type DoctorContext } from './context.ts';
import { counted, type DoctorFinding, question, short, unanswered } from './finding.ts';
import { textList } from './metadata-members.ts';
import { examineRevocation } from './revocation.ts';

export const GRANT = question('token.grant', 'RFC 6749 §4.4');
const CACHE = question('token.cache_control', 'RFC 6749 §5.1');
const ACTIVE = question('token.active', 'RFC 7662 §2.2');
const VERIFIED = question('token.verification', 'RFC 7515 §5.2');
const AGREEMENT = question('token.agreement', 'RFC 7662 §2.2');

/** Runs after the introspection endpoint was asked: refused credentials are not sent to another place. */
export async function examineTokens(doctor: DoctorContext): Promise<DoctorFinding[]> {
  const { metadata } = doctor.found;
  const why = reasonNotToAsk(doctor);
  if (why !== undefined || metadata === undefined) return [why ?? GRANT.info('no token was asked for')];
  const endpoint = endpointOf(metadata, 'tokenEndpoint');
  if (endpoint === undefined) return [GRANT.info('no token was asked for: the metadata names no token endpoint')];
  const refused = refusedOrigin(doctor, endpoint, 'the token endpoint');
  if (refused !== undefined) return [GRANT.warning(refused.message, { fix: refused.hint })];
  return withToken(doctor, endpoint, metadata);
}

function reasonNotToAsk({ found, options }: DoctorContext): DoctorFinding | undefined {
  if (found.metadata === undefined)
    return GRANT.info('no token was asked for: there is no metadata to name the endpoint');
  if (!hasClient(options))
    return GRANT.info('without client credentials no token was asked for', {
      fix: 'give them: --client-id ID --client-secret env:CLIENT_SECRET',
    });
  if (found.refused) return GRANT.info('no token was asked for: the credentials were refused before');
  const grants = textList(found.metadata.raw, 'grant_types_supported') ?? [];
  if (grants.includes('client_credentials')) return undefined;
  return GRANT.info('no token was asked for: the metadata does not list the grant `client_credentials`');
}

async function withToken(doctor: DoctorContext, endpoint: URL, metadata: Metadata): Promise<DoctorFinding[]> {
  const caller = await callerAt(doctor, { endpoint, methods: metadata.tokenAuthMethods, asClient: true });
  const authentication = { method: 'none' as const, headers: caller.headers, form: caller.form };
  const answer = await ask(doctor, grantRequest({ endpoint, authentication, ...doctor.options.freshToken }));
  let granted: Granted;
  try {
    granted = readGrantAnswer(answer);
  } catch (error) {
    if (error instanceof TokctlError) return [notGranted(error)];
    throw error;
  }
  keepOut(doctor, granted.response);
  return [
    GRANT.ok(`it grants a token to this client by ${caller.name}`),
    cache(answer.headers),
    ...(await examineToken(doctor, granted)),
  ];
}

/** What the client may have is a matter of its registration, and no fault of the server. */
const NOT_ALLOWED: readonly string[] = [
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'invalid_target',
];

function notGranted(error: TokctlError): DoctorFinding {
  const { oauthError = '' } = error.details;
  if (!NOT_ALLOWED.includes(oauthError)) return unanswered(GRANT, error);
  return GRANT.info(`this client may not get a token so: the server says \`${oauthError}\``, {
    evidence: [error.message],
    fix: error.hint,
  });
}

/** Everything in the answer that is a token is kept out of the report. */
function keepOut({ found }: DoctorContext, response: JsonObject): void {
  for (const name of ['access_token', 'refresh_token', 'id_token']) {
    const token = textMember(response, name);
    if (token !== undefined) found.tokens.push(token);
  }
}

function cache(headers: ReadonlyMap<string, string>): DoctorFinding {
  const { text, noStore } = cacheControlOf(headers);
  if (noStore) return CACHE.ok('the answer of the token endpoint may not be stored');
  return CACHE.warning('the answer of the token endpoint may be stored, with the token in it', {
    evidence: text === undefined ? [] : [`Cache-Control: ${short(text)}`],
    fix: 'send `Cache-Control: no-store`, as RFC 6749 §5.1 demands',
  });
}

// ---------------------------------------------------------------- what is said of it

async function examineToken(doctor: DoctorContext, { accessToken }: Granted): Promise<DoctorFinding[]> {
  const { active, answer } = await asked(doctor, accessToken);
  const { verified, report } = await verifiedHere(doctor, accessToken);
  return [
    active,
    verified,
    ...(answer === undefined || report === undefined ? [] : [agreement(answer, report)]),
    await examineRevocation(doctor, {
      token: accessToken,
      isOpaque: parseToken(accessToken).format !== 'jws',
      wasActive: answer?.active === true,
    }),
  ];
}

interface Asked {
  active: DoctorFinding;
  answer?: IntrospectionAnswer;
}

async function asked({ found: { askAbout } }: DoctorContext, token: string): Promise<Asked> {
  if (askAbout === undefined) return { active: ACTIVE.info('whether the fresh token is active could not be asked') };
  try {
    const answer = readIntrospectionAnswer(await askAbout(token));
    if (answer.active) return { active: ACTIVE.ok('the fresh token is active'), answer };
    return { active: notActive(token), answer };
  } catch (error) {
    if (!(error instanceof TokctlError)) throw error;
    if (error.code !== 'ERR_TOKEN_UNSUPPORTED') return { active: unanswered(ACTIVE, error) };
    return { active: ACTIVE.info('the server does not introspect tokens of that form', { evidence: [error.message] }) };
  }
}

/** No proof of a fault: a server may refuse to tell this caller (RFC 7662 §2.2). */
const notActive = (token: string): DoctorFinding =>
  ACTIVE.warning('the server calls a token inactive that it granted a moment ago', {
    fix:
      parseToken(token).format === 'jws'
        ? 'see whether this client may ask about its own tokens, and whether the server introspects the JWTs it issues'
        : 'see whether this client may ask about its own tokens, and whether all nodes of the server share them',
  });

interface Verified {
  verified: DoctorFinding;
  /** Of a JWT only. */
  report?: Report;
}

async function verifiedHere(doctor: DoctorContext, token: string): Promise<Verified> {
  const { issuer, options, judging, found } = doctor;
  const subject = await readSubject(token, 'access_token');
  if (subject.token.format !== 'jws')
    return { verified: VERIFIED.info(`nothing to verify here: the fresh token is ${subject.token.format}`) };
  const why = notLocallyVerifiable(subject, judging);
  if (why !== undefined) return { verified: VERIFIED.info(`not verified here: ${why}`) };
  const { jwksUri } = found.metadata ?? {};
  const { fetch, timeout, retries, headers, signal, observe, insecureHttp } = options;
  const network = { fetch, timeout, retries, headers, signal, observe, insecureHttp };
  const report = await verify(token, {
    ...(defined(network) as typeof options),
    issuer,
    ...(jwksUri === undefined ? {} : { jwksUri }),
    memory: judging.memory,
    now: doctor.clock(),
    takenFrom: 'access_token',
  });
  return { verified: judged(report), report };
}

const defined = (members: object): object =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

function judged({ verdict, checks, error }: Report): DoctorFinding {
  if (verdict === 'active') {
    const key = checks.find(({ name }) => name === 'signature')?.because ?? '';
    return VERIFIED.ok('the fresh token verifies with the published keys', { evidence: key === '' ? [] : [key] });
  }
  const failed = checks.filter(({ outcome }) => outcome === 'failed');
  const evidence = failed.map(({ name, because }) => `${name}: ${because}`);
  const because =
    error?.message ?? `${counted(failed.length, 'check')} failed: ${failed.map(({ name }) => name).join(', ')}`;
  return VERIFIED.error(`the fresh token does not verify: ${because}`, {
    evidence,
    fix: error?.hint ?? 'publish the key that signs, and let `iss` be the issuer, byte for byte',
  });
}

function agreement({ active, claims }: IntrospectionAnswer, report: Report): DoctorFinding {
  const differences = compare({
    local: report.verdict,
    localClaims: report.claims,
    remote: active,
    remoteClaims: active ? claims : undefined,
  });
  if (differences.length === 0) return AGREEMENT.ok('the token and the server say the same');
  return AGREEMENT.warning('the token and the server do not say the same', {
    evidence: differences.map(({ subject, meaning }) => `${short(subject)}: ${meaning}`),
    fix: 'let introspection answer with the claims of the token; until then the answer of the server counts',
  });
}
