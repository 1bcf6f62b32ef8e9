// The judgement of the server: RFC 7662, asked with the credentials of a caller, and its answer checked like a token.

import { checkClaims } from '../core/claims.ts';
import { TokctlError } from '../core/errors.ts';
import { type JsonObject, textMember, textOrEmpty } from '../core/json.ts';
import type { KindName } from '../core/kind.ts';
import type { Check, IntrospectionPart } from '../core/report.ts';
import { isMutualTls } from '../protocol/client-authentication.ts';
import { exchange } from '../protocol/http/exchange.ts';
import type { HttpAnswer } from '../protocol/http/network.ts';
import {
  type IntrospectionAnswer,
  introspectionRequest,
  readIntrospectionAnswer,
  UnreadableAnswer,
} from '../protocol/introspection.ts';
import { endpointOf, type Metadata } from '../protocol/metadata.ts';
import type { IntrospectOptions } from '../request.ts';
import { type Caller, callerOf, refusedAs } from './caller.ts';
import { type Context, metadataOf } from './context.ts';
import type { Subject } from './subject.ts';
import { type Anchor, assertEndpointOrigin, credentialsNeedName } from './trust.ts';

export interface RemoteJudgement {
  checks: Check[];
  introspection?: IntrospectionPart;
  /** The members of an active answer in the forms of RFC 7662, without `active`. */
  claims?: JsonObject;
  /** The same, as received. */
  received?: JsonObject;
  active?: boolean;
  /** The methods of client authentication that the metadata lists for the endpoint, where it was fetched. */
  authMethods?: readonly string[];
  error?: TokctlError;
}

/** Asks the introspection endpoint. Errors come back in `error`, with what is known of the exchange. */
export async function askServer(subject: Subject, anchor: Anchor, context: Context): Promise<RemoteJudgement> {
  const options = context.options as IntrospectOptions;
  const seen: Seen = {};
  try {
    const { endpoint, metadata } = await endpointFor(options, anchor, context);
    if (metadata?.authMethods !== undefined) seen.authMethods = metadata.authMethods;
    const caller = await callerOf(options, { endpoint, ...(metadata === undefined ? {} : { metadata }) }, context);
    const ask = asker({ subject, anchor, context, options, endpoint, caller, seen });
    const first = await ask(options.tokenTypeHint);
    const again = !first.read.active && options.tokenTypeHint === undefined && subject.kind === 'refresh_token';
    return judgeAnswer(subject, again ? await ask('refresh_token') : first, { anchor, context });
  } catch (error) {
    if (!(error instanceof TokctlError)) throw error;
    const { part, ...known } = seen;
    return { checks: [], ...known, ...(part === undefined ? {} : { introspection: part }), error };
  }
}

/** What is known of the exchange, so that it can be shown when the answer is none. */
interface Seen {
  part?: IntrospectionPart;
  authMethods?: readonly string[];
}

// ---------------------------------------------------------------- where

async function endpointFor(
  options: IntrospectOptions,
  anchor: Anchor,
  context: Context,
): Promise<{ endpoint: URL; metadata?: Metadata }> {
  const { introspectionEndpoint, client, allowedEndpointOrigins: allowed = [] } = options;
  const needsMetadata =
    introspectionEndpoint === undefined ||
    options.bearerGrant !== undefined ||
    options.accept === 'jwt' ||
    client?.assertionAudience === 'token';
  const { issuer } = anchor;
  const metadata = issuer !== undefined && needsMetadata ? await metadataOf({ ...anchor, issuer }, context) : undefined;
  if (introspectionEndpoint !== undefined)
    return { endpoint: new URL(introspectionEndpoint), ...(metadata === undefined ? {} : { metadata }) };
  if (metadata === undefined || issuer === undefined) throw endpointUnknown(undefined);
  const endpoint = endpointOf(metadata, 'introspectionEndpoint', { mutualTls: isMutualTls(client?.method) });
  if (endpoint === undefined) throw endpointUnknown(issuer);
  if (anchor.fromToken && hasCredentials(options)) throw credentialsNeedName(issuer);
  if (assertEndpointOrigin({ endpoint, what: 'the introspection endpoint', issuer, allowed }))
    context.weakened.add('endpoint_origin');
  return { endpoint, metadata };
}

const hasCredentials = ({ client, bearer }: IntrospectOptions): boolean =>
  client?.secret !== undefined || client?.key !== undefined || bearer !== undefined;

function endpointUnknown(issuer: string | undefined): TokctlError {
  const got = issuer === undefined ? 'neither an endpoint nor an issuer' : `metadata of \`${issuer}\` that names none`;
  return new TokctlError('ERR_ENDPOINT_UNKNOWN', `expected an introspection endpoint, got ${got}`, {
    hint:
      issuer === undefined
        ? 'name one: tokctl introspect - --issuer https://id.example.com, or --introspection-endpoint URL'
        : 'name it if the server has one: --introspection-endpoint URL',
  });
}

// ---------------------------------------------------------------- asking

interface Asking {
  subject: Subject;
  anchor: Anchor;
  context: Context;
  options: IntrospectOptions;
  endpoint: URL;
  caller: Caller;
  /** Filled while it is asked. */
  seen: Seen;
}

interface Asked {
  read: IntrospectionAnswer;
  part: IntrospectionPart;
}

function asker(asking: Asking): (hint: string | undefined) => Promise<Asked> {
  const { subject, anchor, context, options, endpoint, caller, seen } = asking;
  return async (hint) => {
    const request = introspectionRequest({
      endpoint,
      token: subject.token.text,
      tokenTypeHint: hint,
      accept: options.accept ?? 'json',
      headers: caller.headers,
      form: caller.form,
      hostFromToken: anchor.fromToken,
    });
    options.onRequest?.(request, caller.name);
    const answer = await exchange(request, context.network);
    const part = partOf(answer, caller.name, hint);
    seen.part = part;
    try {
      const read = await readAnswer(answer, asking);
      part.response = read.response;
      return { read, part };
    } catch (error) {
      if (error instanceof UnreadableAnswer) part.response = error.response;
      throw refusedAs(caller.name, error);
    }
  };
}

/** A signed answer is asked for only where somebody wants one; its reader is loaded then. */
async function readAnswer(answer: HttpAnswer, { options, anchor, context }: Asking): Promise<IntrospectionAnswer> {
  if (options.accept !== 'jwt') return readIntrospectionAnswer(answer);
  const { readSignedAnswer } = await import('./signed-answer.ts');
  return readSignedAnswer(answer, anchor, context);
}

function partOf(answer: HttpAnswer, clientAuth: string, hint: string | undefined): IntrospectionPart {
  const part: IntrospectionPart = {
    endpoint: `${answer.url.origin}${answer.url.pathname}`,
    client_auth: clientAuth,
    status: answer.status,
    latency_ms: Math.round(answer.latencyMs * 10) / 10,
  };
  if (answer.mediaType !== undefined) part.media_type = answer.mediaType;
  if (hint !== undefined) part.token_type_hint = hint;
  return part;
}

// ---------------------------------------------------------------- judging

interface Judging {
  anchor: Anchor;
  context: Context;
}

function judgeAnswer(subject: Subject, { part, read }: Asked, { anchor, context }: Judging): RemoteJudgement {
  const { active, claims, response: received, response_check } = read;
  if (!active) return { active, received, introspection: part, checks: [response_check, calledInactive(part)] };
  const checks = checkClaims({
    claims,
    kind: kindOfAnswer(subject.kind, claims),
    issuer: anchor.issuer,
    expectations: answerExpectations(context),
    now: context.now,
    origin: 'answer',
  });
  return { active, received, introspection: part, claims, checks: [response_check, calledActive(part), ...checks] };
}

/** What only the header of a JWT tells is not expected of an answer. */
function answerExpectations({ options: { expectations = {} } }: Context) {
  const { typ: _, ...rest } = expectations;
  return rest;
}

const SPEC = 'RFC 7662 §2.2';
const caller = (part: IntrospectionPart): string => ` (asked with ${part.client_auth})`;

const calledActive = (part: IntrospectionPart): Check => ({
  name: 'introspection',
  outcome: 'passed',
  expected: true,
  actual: true,
  because: `the server calls it active${caller(part)}`,
  spec: SPEC,
});

const calledInactive = (part: IntrospectionPart): Check => ({
  name: 'introspection',
  outcome: 'failed',
  expected: true,
  actual: false,
  because: `the server calls it inactive, and does not say why${caller(part)}`,
  spec: SPEC,
});

const TOKEN_TYPES: ReadonlyMap<string, KindName> = new Map([
  ['bearer', 'access_token'],
  ['dpop', 'access_token'],
  ['access_token', 'access_token'],
  ['refresh_token', 'refresh_token'],
  ['id_token', 'id_token'],
]);

/** An opaque token tells nothing of its kind; the answer may (`token_type`, `token_use`). */
function kindOfAnswer(kind: KindName, claims: JsonObject): KindName {
  if (kind !== 'unknown') return kind;
  const said = textMember(claims, 'token_use') ?? textOrEmpty(claims, 'token_type');
  return TOKEN_TYPES.get(said.toLowerCase()) ?? kind;
}
