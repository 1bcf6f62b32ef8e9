// Getting the token of a check: it is there already, or a grant or a build service gives it.

import { clientCredentialsToken } from '../client-credentials.ts';
import { TokctlError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, parseJson, textMember } from '../core/json.ts';
import { contextOf } from '../judging/context.ts';
import { exchange } from '../protocol/http/exchange.ts';
import { answerDetails, readFault } from '../protocol/oauth-error.ts';
import type { IntrospectOptions } from '../request.ts';
import type { TokenOrigin } from './definition.ts';

export interface ObtainedToken {
  readonly text: string;
  readonly takenFrom?: string;
  /** True when it was fetched for this check. */
  readonly fetched: boolean;
}

/** @throws TokctlError when it cannot be had */
export async function obtainToken(origin: TokenOrigin, question: IntrospectOptions): Promise<ObtainedToken> {
  switch (origin.from) {
    case 'text':
      return {
        text: origin.text,
        ...(origin.takenFrom === undefined ? {} : { takenFrom: origin.takenFrom }),
        fetched: false,
      };
    case 'client_credentials':
      return granted(origin, question);
    case 'github':
      return { text: await githubToken(origin, question), fetched: true };
  }
}

type Origin<From extends TokenOrigin['from']> = Extract<TokenOrigin, { from: From }>;

async function granted(
  { client, scope, resource }: Origin<'client_credentials'>,
  question: IntrospectOptions,
): Promise<ObtainedToken> {
  const { accessToken } = await clientCredentialsToken({
    ...question,
    client,
    ...(scope === undefined ? {} : { scope }),
    ...(resource === undefined ? {} : { resource }),
  });
  return { text: accessToken, takenFrom: 'access_token', fetched: true };
}

/**
 * The ID token of a job (GitHub Docs, "OpenID Connect reference"): GET of the request URL with the audience added, and
 * the request token as bearer; the answer has it in `value`.
 */
async function githubToken(
  { requestUrl, requestToken, audience }: Origin<'github'>,
  question: IntrospectOptions,
): Promise<string> {
  const { network } = await contextOf(question);
  const answer = await exchange(
    {
      purpose: 'token',
      method: 'GET',
      url: withAudience(requestUrl, audience),
      headers: { accept: 'application/json', authorization: `Bearer ${requestToken}` },
    },
    network,
  );
  const fault = readFault(answer, 'the token request of GitHub Actions');
  if (fault !== undefined) throw fault;
  const token = textMember(readObject(answer.text), 'value');
  if (token !== undefined && token !== '') return token;
  throw new TokctlError('ERR_RESPONSE_INVALID', 'expected `value` from GitHub Actions, got an answer without it', {
    hint: 'give the job `permissions: id-token: write`, and run it again',
    details: { ...answerDetails(answer), excerpt: '' },
  });
}

function withAudience(requestUrl: string, audience: string | undefined): URL {
  if (!URL.canParse(requestUrl))
    throw new TokctlError('ERR_CONFIG_INVALID', 'expected a URL in `ACTIONS_ID_TOKEN_REQUEST_URL`, got other text', {
      hint: 'GitHub Actions sets it for a job with `permissions: id-token: write`',
    });
  const url = new URL(requestUrl);
  if (audience !== undefined) url.searchParams.set('audience', audience);
  return url;
}

function readObject(text: string): JsonObject | undefined {
  try {
    const { value } = parseJson(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
