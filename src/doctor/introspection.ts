// The introspection endpoint (RFC 7662) as anybody sees it: is it there, and does it turn strangers away? Only tokens that
// were made up a moment ago are sent. What needs credentials stands in `introspection-caller.ts`.

import { TokctlError } from '../core/errors.ts';
import { shownUrl } from '../protocol/address.ts';
import type { HttpAnswer } from '../protocol/http/network.ts';
import { introspectionRequest } from '../protocol/introspection.ts';
import { endpointOf } from '../protocol/metadata.ts';
import { answerDetails, readFault } from '../protocol/oauth-error.ts';
import { hasCredentials, refusedOrigin } from './caller.ts';
import { ask, type DoctorContext } from './context.ts';
import { type DoctorFinding, factsOf, question, short, unanswered } from './finding.ts';
import { examineAsCaller } from './introspection-caller.ts';
import { isIntrospectionAnswer, unknownToken } from './unknown-token.ts';

export const INTROSPECTION_REACHABLE = question('introspection.reachable', 'RFC 7662 §2');
const ADVERTISED = question('introspection.advertised', 'RFC 8414 §2');
const ORIGIN = question('introspection.origin', 'RFC 9700 §4.4');
const ANONYMOUS = question('introspection.anonymous', 'RFC 7662 §2.1');
const CHALLENGE = question('introspection.challenge', 'RFC 6749 §5.2');
const CREDENTIALS = question('introspection.credentials', 'RFC 7662 §2.1');

export async function examineIntrospection(doctor: DoctorContext): Promise<DoctorFinding[]> {
  const { options, found } = doctor;
  const advertised = found.metadata === undefined ? undefined : endpointOf(found.metadata, 'introspectionEndpoint');
  const named = options.introspectionEndpoint === undefined ? undefined : new URL(options.introspectionEndpoint);
  const endpoint = named ?? advertised;
  const told = advertising(doctor, advertised, named);
  if (endpoint === undefined) return told;
  const answer = await answerToAnybody(doctor, endpoint);
  if (answer instanceof TokctlError) return [...told, unanswered(INTROSPECTION_REACHABLE, answer)];
  const open = [...told, ...judgeAnonymous(answer, endpoint)];
  if (open.some(({ id, severity }) => id === INTROSPECTION_REACHABLE.id && severity === 'error')) return open;
  const refused = named === undefined ? refusedOrigin(doctor, endpoint, 'the introspection endpoint') : undefined;
  if (refused !== undefined) return [...open, ORIGIN.warning(refused.message, { fix: refused.hint })];
  if (!hasCredentials(options)) return [...open, notAsked()];
  return [...open, ...(await examineAsCaller(doctor, endpoint))];
}

const notAsked = (): DoctorFinding =>
  CREDENTIALS.info('without client credentials it was not asked what it says of a token', {
    fix: 'give them: --client-id ID --client-secret env:CLIENT_SECRET',
  });

function advertising({ found }: DoctorContext, advertised: URL | undefined, named: URL | undefined): DoctorFinding[] {
  if (advertised === undefined) {
    const why = found.metadata === undefined ? 'there is no metadata to name it' : 'the metadata names none';
    const fix = named === undefined ? 'if the server has one: --introspection-endpoint URL' : 'name it in the metadata';
    return [ADVERTISED.info(`no introspection endpoint is known: ${why}`, { fix })];
  }
  if (named === undefined || named.href === advertised.href)
    return [ADVERTISED.ok('the metadata names the introspection endpoint', { evidence: [shownUrl(advertised)] })];
  return [
    ADVERTISED.warning('the metadata names another introspection endpoint than you do', {
      evidence: [`metadata: ${shownUrl(advertised)}`, `asked: ${shownUrl(named)}`],
      fix: 'leave out --introspection-endpoint, or correct the metadata',
    }),
  ];
}

async function answerToAnybody(doctor: DoctorContext, endpoint: URL): Promise<HttpAnswer | TokctlError> {
  const token = unknownToken(doctor);
  try {
    return await ask(doctor, introspectionRequest({ endpoint, token, accept: 'json', headers: {}, form: [] }));
  } catch (error) {
    if (error instanceof TokctlError && !['ERR_USAGE', 'ERR_CONFIG_INVALID'].includes(error.code)) return error;
    throw error;
  }
}

// ---------------------------------------------------------------- without credentials

function judgeAnonymous(answer: HttpAnswer, endpoint: URL): DoctorFinding[] {
  const { status } = answer;
  const evidence = [`POST ${shownUrl(endpoint)} without credentials: ${seen(answer)}`];
  const there = INTROSPECTION_REACHABLE.ok('the endpoint answers', { evidence: [shownUrl(endpoint)] });
  if (isIntrospectionAnswer(answer))
    return [
      there,
      ANONYMOUS.error('it answers callers who do not say who they are: anybody may try tokens out', {
        evidence,
        fix: 'require client authentication at the endpoint',
      }),
    ];
  if (status === 401 || status === 403 || status === 400)
    return [there, ANONYMOUS.ok('it refuses callers without credentials', { evidence }), ...challenge(answer)];
  if (status === 429)
    return [
      there,
      ANONYMOUS.info('not known: it answered too many requests (429)', { evidence, fix: 'try again later' }),
    ];
  return [notAnEndpoint(answer)];
}

/** RFC 9110 §15.5.2: a 401 says how to authenticate. */
function challenge({ status, headers }: HttpAnswer): DoctorFinding[] {
  if (status !== 401) return [];
  const offered = headers.get('www-authenticate');
  if (offered !== undefined)
    return [
      CHALLENGE.ok('its refusal says how to authenticate', { evidence: [`WWW-Authenticate: ${short(offered)}`] }),
    ];
  return [
    CHALLENGE.warning('its refusal (401) does not say how to authenticate', {
      fix: 'send `WWW-Authenticate` with every 401 (RFC 9110 §15.5.2)',
    }),
  ];
}

function notAnEndpoint(answer: HttpAnswer): DoctorFinding {
  const fault = readFault(answer, 'the introspection endpoint', { anonymous: true });
  if (fault !== undefined) return unanswered(INTROSPECTION_REACHABLE, fault);
  return INTROSPECTION_REACHABLE.error('the endpoint answers with JSON that is no introspection answer', {
    evidence: factsOf(new TokctlError('ERR_RESPONSE_INVALID', '', { hint: '', details: answerDetails(answer) })),
    fix: 'check that the URL is the introspection endpoint',
  });
}

const seen = ({ status, mediaType }: HttpAnswer): string =>
  mediaType === undefined ? `${status}` : `${status} ${short(mediaType)}`;
