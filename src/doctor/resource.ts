// The metadata of a protected resource (RFC 9728): does it name itself, and this authorization server? It is asked without
// a token, because nobody named it as a place for one.

import { isJsonObject, type JsonObject, parseJson, textMember } from '../core/json.ts';
import { shownUrl } from '../protocol/address.ts';
import type { HttpAnswer } from '../protocol/http/network.ts';
import { readFault } from '../protocol/oauth-error.ts';
import { ask, type DoctorContext } from './context.ts';
import { answered, type DoctorFinding, question, short, unanswered } from './finding.ts';
import { textList } from './metadata-members.ts';

export const RESOURCE_METADATA = question('resource.metadata', 'RFC 9728 §3');
const IDENTITY = question('resource.identity', 'RFC 9728 §3.3');
const SERVER = question('resource.authorization_server', 'RFC 9728 §2');
const CHALLENGE = question('resource.challenge', 'RFC 9728 §5.1');

/** @throws TokctlError when the resource cannot be reached */
export async function examineResource(doctor: DoctorContext): Promise<DoctorFinding[]> {
  const { resource } = doctor.options;
  if (resource === undefined) return [];
  const answer = await get(doctor, resourceMetadataUrl(resource));
  const strangers = async () => [judgeChallenge(await get(doctor, new URL(resource)))];
  return [...describe(answer, resource, doctor), ...(await answered(CHALLENGE, strangers))];
}

/** RFC 9728 §3.1: inserted between host and path; a lone slash is no path. */
export function resourceMetadataUrl(resource: string): URL {
  const url = new URL(resource);
  const path = url.pathname === '/' ? '' : url.pathname;
  return new URL(`/.well-known/oauth-protected-resource${path}${url.search}`, url.origin);
}

const get = (doctor: DoctorContext, url: URL): Promise<HttpAnswer> =>
  ask(doctor, { purpose: 'metadata', method: 'GET', url, headers: { accept: 'application/json' } });

// ---------------------------------------------------------------- what it says of itself

function describe(answer: HttpAnswer, resource: string, doctor: DoctorContext): DoctorFinding[] {
  const where = shownUrl(answer.url);
  if (answer.status === 404)
    return [
      RESOURCE_METADATA.warning(
        'the protected resource has no metadata: a client cannot learn whom to ask for a token',
        {
          evidence: [`${where}: 404`],
          fix: 'serve it there',
        },
      ),
    ];
  const fault = readFault(answer, 'the protected resource metadata', { document: true, anonymous: true });
  if (fault !== undefined) return [unanswered(RESOURCE_METADATA, fault)];
  const raw = objectIn(answer.text);
  if (raw === undefined)
    return [
      RESOURCE_METADATA.error('the protected resource metadata is no JSON object', {
        evidence: [where],
        fix: 'serve a JSON object with `resource`',
      }),
    ];
  const found = RESOURCE_METADATA.ok('the protected resource has metadata', { evidence: [where] });
  return [found, identity(raw, resource), server(raw, resource, doctor)];
}

function objectIn(text: string): JsonObject | undefined {
  try {
    const { value } = parseJson(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function identity(raw: JsonObject, resource: string): DoctorFinding {
  const named = textMember(raw, 'resource');
  if (named === resource) return IDENTITY.ok('it names the resource that was asked for, byte for byte');
  return IDENTITY.error(`it is of the resource ${short(named ?? '(none)')}, and not of ${resource}`, {
    fix: 'let `resource` be the URL under which the resource is asked, byte for byte',
  });
}

function server(raw: JsonObject, resource: string, { issuer, found }: DoctorContext): DoctorFinding {
  const servers = textList(raw, 'authorization_servers') ?? [];
  const evidence = servers.map((one) => `authorization_servers: ${short(one)}`);
  if (!servers.includes(issuer))
    return SERVER.error(`the resource does not name ${issuer} as its authorization server`, {
      evidence,
      fix: 'add the issuer to `authorization_servers`, byte for byte',
    });
  const listed = found.metadata === undefined ? undefined : textList(found.metadata.raw, 'protected_resources');
  if (listed !== undefined && !listed.includes(resource))
    return SERVER.warning('the resource names this server, and the server does not name the resource', {
      evidence: listed.map((one) => `protected_resources: ${short(one)}`),
      fix: 'add the resource to `protected_resources` of the server (RFC 9728 §4)',
    });
  return SERVER.ok('it names this authorization server');
}

// ---------------------------------------------------------------- what it says to strangers

function judgeChallenge({ status, headers }: HttpAnswer): DoctorFinding {
  const offered = headers.get('www-authenticate');
  const evidence = [
    `GET without a token: ${status}`,
    ...(offered === undefined ? [] : [`WWW-Authenticate: ${short(offered)}`]),
  ];
  if (status !== 401) return CHALLENGE.info(`without a token it answers ${status}, and not 401`, { evidence });
  if (offered === undefined || !/^\s*(?:bearer|dpop)\b/i.test(offered))
    return CHALLENGE.warning('its 401 does not say that a token is wanted', {
      evidence,
      fix: 'send `WWW-Authenticate: Bearer` (RFC 6750 §3)',
    });
  if (/\bresource_metadata=/i.test(offered)) return CHALLENGE.ok('its 401 names its metadata', { evidence });
  return CHALLENGE.info('its 401 does not name its metadata', {
    evidence,
    fix: 'add `resource_metadata="URL"` to the challenge',
  });
}
