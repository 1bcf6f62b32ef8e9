// The client_credentials grant (RFC 6749 §4.4): an access token for the client itself.

import { TokctlError } from '../core/errors.ts';
import { isJsonObject, type Json, type JsonObject, parseJson, textMember } from '../core/json.ts';
import type { Authentication } from './client-authentication.ts';
import type { HttpAnswer, HttpRequest } from './http/network.ts';
import { answerDetails, readFault } from './oauth-error.ts';

export interface GrantRequest {
  endpoint: URL;
  authentication: Authentication;
  /** Scopes, separated by spaces. */
  scope?: string;
  /** RFC 8707. */
  resource?: string;
}

export function grantRequest({ endpoint, authentication, scope, resource }: GrantRequest): HttpRequest {
  const optional: [string, string | undefined][] = [
    ['scope', scope],
    ['resource', resource],
  ];
  return {
    purpose: 'token',
    method: 'POST',
    url: endpoint,
    headers: { accept: 'application/json', ...authentication.headers },
    form: [
      ['grant_type', 'client_credentials'],
      ...optional.filter((member): member is [string, string] => member[1] !== undefined),
      ...authentication.form,
    ],
  };
}

export interface Granted {
  accessToken: string;
  /** As received. Holds the token. */
  response: JsonObject;
}

/** @throws TokctlError for refused credentials, OAuth errors, faults, and answers without an `access_token` */
export function readGrantAnswer(answer: HttpAnswer): Granted {
  const fault = readFault(answer, 'the token endpoint');
  if (fault !== undefined) throw fault;
  const response = readObject(answer.text);
  const accessToken = textMember(response, 'access_token');
  if (response !== undefined && accessToken !== undefined && accessToken !== '') return { accessToken, response };
  throw new TokctlError(
    'ERR_RESPONSE_INVALID',
    'expected `access_token` from the token endpoint, got an answer without it',
    {
      hint: 'check that the URL is the token endpoint; its operator can mend the answer',
      details: { ...answerDetails(answer), excerpt: '' },
    },
  );
}

function readObject(text: string): JsonObject | undefined {
  let value: Json;
  let duplicates: string[];
  try {
    ({ value, duplicates } = parseJson(text));
  } catch {
    return undefined;
  }
  // Two access tokens in one answer are none: nobody knows which of them counts.
  return isJsonObject(value) && duplicates.length === 0 ? value : undefined;
}
