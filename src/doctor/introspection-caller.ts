// The introspection endpoint as a caller with credentials sees it: are they taken, what is said of an unknown token, and how.
// Invariant: credentials that were refused once are sent nowhere else, and wrong ones are sent once in a run.

import { TokctlError } from '../core/errors.ts';
import type { Caller } from '../judging/caller.ts';
import { shownUrl } from '../protocol/address.ts';
import type { HttpAnswer } from '../protocol/http/network.ts';
import { introspectionRequest, readIntrospectionAnswer } from '../protocol/introspection.ts';
import { readFault } from '../protocol/oauth-error.ts';
import { cacheControlOf } from './cache-control.ts';
import { callerAt } from './caller.ts';
import { examineClientAuthentication } from './client-methods.ts';
import { ask, type DoctorContext } from './context.ts';
import { answered, type DoctorFinding, factsOf, question, short, unanswered } from './finding.ts';
import { examineSignedAnswer } from './signed-answers.ts';
import { isIntrospectionAnswer, unknownToken } from './unknown-token.ts';

const CLIENT_AUTH = question('introspection.client_auth', 'RFC 7662 §2.1');
const UNKNOWN = question('introspection.unknown_token', 'RFC 7662 §2.2');
const MEDIA_TYPE = question('introspection.media_type', 'RFC 7662 §2.2');
const CACHE = question('introspection.cache_control', 'RFC 7662 §4');
const GET = question('introspection.get', 'RFC 7662 §2.1');

/** Never throws for what the server does. @throws TokctlError for credentials that cannot be used */
export async function examineAsCaller(doctor: DoctorContext, endpoint: URL): Promise<DoctorFinding[]> {
  const caller = (): Promise<Caller> => callerAt(doctor, { endpoint, methods: doctor.found.metadata?.authMethods });
  const asked = await answered(CLIENT_AUTH, () => firstQuestion(doctor, { endpoint, caller }));
  const { method } = doctor.found;
  if (method === undefined) return asked;
  return [
    ...asked,
    ...(await answered(GET, async () => [await refusesGet(doctor, endpoint, await caller())])),
    ...(await examineClientAuthentication(doctor, { endpoint, own: method })),
    await examineSignedAnswer(doctor, { endpoint, caller }),
  ];
}

interface Asking {
  endpoint: URL;
  caller: () => Promise<Caller>;
}

/** Are the credentials taken, and what is said of a token that nobody knows? */
async function firstQuestion(doctor: DoctorContext, { endpoint, caller }: Asking): Promise<DoctorFinding[]> {
  const { found } = doctor;
  let name = 'an access token';
  try {
    const first = await caller();
    name = first.name;
    const answer = await post(doctor, { endpoint, caller: first, token: unknownToken(doctor) });
    const fault = readFault(answer, 'the introspection endpoint');
    if (fault?.code === 'ERR_CLIENT_AUTHENTICATION') throw fault;
    found.askAbout = async (token) => post(doctor, { endpoint, caller: await caller(), token });
    found.method = name;
    return [CLIENT_AUTH.ok(`it takes your credentials by ${name}`), ...judgeUnknown(answer)];
  } catch (error) {
    if (!(error instanceof TokctlError && error.code === 'ERR_CLIENT_AUTHENTICATION')) throw error;
    found.refused = true;
    return [refused(error, name)];
  }
}

interface Posting {
  endpoint: URL;
  caller: Caller;
  token: string;
}

const post = (doctor: DoctorContext, { endpoint, caller: { headers, form }, token }: Posting): Promise<HttpAnswer> =>
  ask(doctor, introspectionRequest({ endpoint, token, accept: 'json', headers, form }));

function refused(fault: TokctlError, method: string): DoctorFinding {
  return CLIENT_AUTH.error(`your credentials are refused by ${method}; they were sent nowhere else`, {
    evidence: [fault.message, ...factsOf(fault)],
    fix: fault.hint,
  });
}

// ---------------------------------------------------------------- an unknown token

/** RFC 7662 §2.2: a token that it does not know is no error, and the answer tells nothing more. */
function judgeUnknown(answer: HttpAnswer): DoctorFinding[] {
  const { headers, mediaType } = answer;
  try {
    const { active, response } = readIntrospectionAnswer(answer);
    return [
      unknown(
        active,
        Object.keys(response).filter((name) => name !== 'active'),
      ),
      MEDIA_TYPE.ok(`it answers with ${mediaType ?? 'JSON'}`),
      cache(headers),
    ];
  } catch (error) {
    if (!(error instanceof TokctlError)) throw error;
    // The right words in the wrong wrapping are told as such.
    if (isIntrospectionAnswer(answer))
      return [
        MEDIA_TYPE.error(`expected application/json, got ${short(mediaType ?? 'no media type')}`, {
          fix: 'send `Content-Type: application/json`: strict clients refuse the answer',
        }),
        cache(headers),
      ];
    return [unanswered(UNKNOWN, error)];
  }
}

function unknown(active: boolean, more: readonly string[]): DoctorFinding {
  if (active)
    return UNKNOWN.error('it calls a token active that was made up a moment ago', {
      fix: 'find out what stands behind the endpoint: it lets every token pass',
    });
  if (more.length === 0) return UNKNOWN.ok('of an unknown token it says that it is not active, and nothing more');
  return UNKNOWN.warning('of a token that is not active it says more than that', {
    evidence: [`members: ${short(more.join(', '))}`],
    fix: 'answer {"active": false} alone: the rest tells a caller why (RFC 7662 §2.2)',
  });
}

/** An answer holds claims of somebody, and is true for a moment. */
function cache(headers: HttpAnswer['headers']): DoctorFinding {
  const { text, noStore, noCache, maxAge = 0 } = cacheControlOf(headers);
  const evidence = text === undefined ? [] : [`Cache-Control: ${short(text)}`];
  const fix = 'send `Cache-Control: no-store` with every answer';
  if (noStore || noCache) return CACHE.ok('its answers may not be stored', { evidence });
  if (maxAge > 0)
    return CACHE.warning(`its answers may be kept for ${maxAge} s: a revoked token stays active for that long`, {
      evidence,
      fix,
    });
  return CACHE.info('its answers do not say that they may not be stored', { evidence, fix });
}

// ---------------------------------------------------------------- GET

/** A token in a URL ends in logs, histories and Referer headers; here it is one that nobody has. */
async function refusesGet(doctor: DoctorContext, endpoint: URL, { headers }: Caller): Promise<DoctorFinding> {
  const url = new URL(endpoint);
  url.searchParams.set('token', unknownToken(doctor));
  const request = {
    purpose: 'introspection',
    method: 'GET',
    url,
    headers: { accept: 'application/json', ...headers },
  } as const;
  const answer = await ask(doctor, request, { once: true });
  const evidence = [`GET ${shownUrl(endpoint)}: ${answer.status}`];
  if (!isIntrospectionAnswer(answer)) return GET.ok('it refuses a token in a URL (GET)', { evidence });
  return GET.warning('it takes a token in a URL (GET): there it ends in logs', {
    evidence,
    fix: 'let the endpoint take POST only',
  });
}
