// Who the doctor asks as, and at which endpoints its credentials may be shown (contract §4.4).

import { TokctlError } from '../core/errors.ts';
import { type Caller, callerOf } from '../judging/caller.ts';
import { assertEndpointOrigin } from '../judging/trust.ts';
import type { ClientAuthMethod, ClientCredentials } from '../protocol/client-authentication.ts';
import type { Metadata } from '../protocol/metadata.ts';
import type { DoctorContext, DoctorOptions } from './context.ts';

/** True when there is something to authenticate as a client with. */
export function hasClient({ client = {} }: DoctorOptions): boolean {
  // A method without what it needs is a mistake of the command, and is told as such when it is used.
  return client.id !== undefined && [client.secret, client.key, client.method].some((one) => one !== undefined);
}

export const hasCredentials = (options: DoctorOptions): boolean => hasClient(options) || options.bearer !== undefined;

export interface Calling {
  endpoint: URL;
  /** The methods that the metadata lists for this endpoint. */
  methods: readonly string[] | undefined;
  /** In place of the client's own. */
  client?: ClientCredentials;
  /** Client credentials, also where an access token would ask. */
  asClient?: boolean;
}

/** Authenticates at an endpoint. @throws TokctlError for material that is missing or wrong */
export async function callerAt(doctor: DoctorContext, calling: Calling): Promise<Caller> {
  const { options, judging, found, clock } = doctor;
  const { endpoint, methods, client = options.client ?? {}, asClient = false } = calling;
  const { bearer, bearerGrant } = options;
  const byToken = {
    ...(bearer === undefined ? {} : { bearer }),
    ...(bearerGrant === undefined ? {} : { bearerGrant }),
  };
  const asked = found.metadata === undefined ? { endpoint } : { endpoint, metadata: listing(found.metadata, methods) };
  const caller = await callerOf({ client, ...(asClient ? {} : byToken) }, asked, { ...judging, now: clock() });
  found.tokens.push(...credentialsIn(caller));
  return caller;
}

/** What travels as a credential is kept out of the report in that form too, because a server may echo it. */
function credentialsIn({ headers, form }: Caller): string[] {
  const inHeader = headers['authorization']?.replace(/^\S+ /, '');
  const inForm = form
    .filter(([name]) => name === 'client_secret' || name === 'client_assertion')
    .map(([, text]) => text);
  return inHeader === undefined ? inForm : [inHeader, ...inForm];
}

/** The metadata with the methods of one endpoint in the place of another's. */
function listing({ authMethods: _, ...metadata }: Metadata, methods: readonly string[] | undefined): Metadata {
  return { ...metadata, ...(methods === undefined ? {} : { authMethods: [...methods] }) };
}

const BY_SECRET: readonly string[] = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt'];

/** The credentials of the client for one method and no other; undefined where the material for it is missing. */
export function clientFor(client: ClientCredentials, method: string): ClientCredentials | undefined {
  const fits =
    (BY_SECRET.includes(method) && client.secret !== undefined) ||
    (method === 'private_key_jwt' && client.key !== undefined);
  if (client.id === undefined || !fits) return undefined;
  // An algorithm that was named is that of the client's own method.
  const { keyAlgorithm: _, ...rest } = client;
  return { ...rest, method: method as ClientAuthMethod };
}

/** Why credentials may not go to an endpoint that the metadata names; undefined where they may. */
export function refusedOrigin(
  { issuer, options }: DoctorContext,
  endpoint: URL,
  what: string,
): TokctlError | undefined {
  try {
    assertEndpointOrigin({ endpoint, what, issuer, allowed: options.allowedEndpointOrigins ?? [] });
    return undefined;
  } catch (error) {
    if (error instanceof TokctlError) return error;
    throw error;
  }
}
