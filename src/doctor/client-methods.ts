// Client authentication at the introspection endpoint: the methods that the metadata lists, and wrong credentials.
// Invariant: right credentials are tried by another method until one is refused, wrong ones once; both are announced before.

import { randomBytes } from 'node:crypto';
import type { ClientCredentials } from '../protocol/client-authentication.ts';
import type { HttpAnswer } from '../protocol/http/network.ts';
import { introspectionRequest } from '../protocol/introspection.ts';
import { readFault } from '../protocol/oauth-error.ts';
import { callerAt, clientFor } from './caller.ts';
import { ask, type DoctorContext } from './context.ts';
import { answered, type DoctorFinding, question, short } from './finding.ts';
import { textList } from './metadata-members.ts';
import { isIntrospectionAnswer, unknownToken } from './unknown-token.ts';

const METHODS = question('introspection.auth_methods', 'RFC 8414 §2');
const WRONG = question('introspection.wrong_credentials', 'RFC 6749 §5.2');

interface Accepted {
  endpoint: URL;
  /** The method by which the server took the credentials. */
  own: string;
}

/** The credentials were taken by `own` before. */
export async function examineClientAuthentication(doctor: DoctorContext, accepted: Accepted): Promise<DoctorFinding[]> {
  return [
    ...(await answered(METHODS, async () => [await methods(doctor, accepted)])),
    ...(await answered(WRONG, async () => [await wrongCredentials(doctor, accepted)])),
  ];
}

// ---------------------------------------------------------------- the methods that are listed

async function methods(doctor: DoctorContext, { endpoint, own }: Accepted): Promise<DoctorFinding> {
  const raw = doctor.found.metadata?.raw;
  const listed = raw === undefined ? undefined : textList(raw, 'introspection_endpoint_auth_methods_supported');
  if (listed === undefined)
    return METHODS.info('the metadata does not say how to authenticate at the introspection endpoint', {
      fix: 'add `introspection_endpoint_auth_methods_supported` to the metadata',
    });
  const { client = {} } = doctor.options;
  const others = own.startsWith('bearer') ? [] : listed.filter((method) => method !== own);
  const tries = others.flatMap((method) => clientFor(client, method) ?? []);
  const tried = await tryInTurn(doctor, endpoint, tries);
  const evidence = [
    `listed: ${short(listed.join(', '))}`,
    ...tried.map(({ method, taken }) => `${method}: ${taken ? 'taken' : 'refused'}`),
  ];
  const refused = tried.find(({ taken }) => !taken);
  if (refused !== undefined)
    return METHODS.warning(`${refused.method} is listed and not taken from this client`, {
      evidence,
      fix: `allow it for the client, or use ${own} everywhere`,
    });
  if (!listed.includes(own) && !own.startsWith('bearer'))
    return METHODS.warning(`${own} is taken and not listed: a client that reads the metadata would not use it`, {
      evidence,
      fix: 'add it to `introspection_endpoint_auth_methods_supported`',
    });
  return METHODS.ok(
    tried.length === 0 ? 'the method that is used is listed' : 'it takes every listed method that could be tried',
    { evidence },
  );
}

interface Tried {
  method: string;
  taken: boolean;
}

async function tryInTurn(doctor: DoctorContext, endpoint: URL, tries: readonly ClientCredentials[]): Promise<Tried[]> {
  const tried: Tried[] = [];
  for (const client of tries) {
    const method = client.method ?? '';
    await doctor.announce(
      `sends your credentials by ${method}, which the metadata lists; if that is refused, the server may count a failed login`,
    );
    const taken = !isRefusal(await askAs(doctor, { endpoint, client }));
    tried.push({ method, taken });
    if (!taken) break;
  }
  return tried;
}

const isRefusal = (answer: HttpAnswer): boolean =>
  readFault(answer, 'the introspection endpoint')?.code === 'ERR_CLIENT_AUTHENTICATION';

interface Asking {
  endpoint: URL;
  client: ClientCredentials;
}

/** Never tried again: a second try may lock the client. */
async function askAs(doctor: DoctorContext, { endpoint, client }: Asking): Promise<HttpAnswer> {
  const { headers, form } = await callerAt(doctor, { endpoint, methods: undefined, client, asClient: true });
  const token = unknownToken(doctor);
  return ask(doctor, introspectionRequest({ endpoint, token, accept: 'json', headers, form }), { once: true });
}

// ---------------------------------------------------------------- wrong credentials

async function wrongCredentials(doctor: DoctorContext, { endpoint, own }: Accepted): Promise<DoctorFinding> {
  const wrong = clientFor({ ...doctor.options.client, secret: randomBytes(24).toString('base64url') }, own);
  if (wrong === undefined || own === 'private_key_jwt')
    return WRONG.info(
      `whether it refuses wrong credentials was not asked: with ${own} there is no secret to get wrong`,
    );
  await doctor.announce('sends a wrong client secret, once, to see it refused; the server may count a failed login');
  const answer = await askAs(doctor, { endpoint, client: wrong });
  const evidence = [`POST by ${own} with a wrong secret: ${answer.status}`];
  if (isIntrospectionAnswer(answer))
    return WRONG.error('it takes a wrong client secret: anybody may try tokens out', {
      evidence,
      fix: 'find out why the secret is not compared: a gateway may answer in place of the server',
    });
  if (isRefusal(answer)) return WRONG.ok('it refuses a wrong client secret', { evidence });
  return WRONG.warning(`expected a refusal (401) of a wrong client secret, got status ${answer.status}`, {
    evidence,
    fix: 'answer 401 with the error `invalid_client` (RFC 6749 §5.2)',
  });
}
