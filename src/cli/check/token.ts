// Where the token of a check comes from: a secret source, a grant, or the identity that the runner gives a job.

import { isAbsolute, join } from 'node:path';
import type { TokenOrigin } from '../../check/definition.ts';
import { TokctlError } from '../../core/errors.ts';
import { escapeText } from '../../core/escape.ts';
import { unwrapPaste } from '../../core/paste.ts';
import type { ClientCredentials } from '../../protocol/client-authentication.ts';
import type { Host } from '../host.ts';
import { fileFault, type SecretReader } from '../secret-source.ts';

export type TokenSource =
  | { readonly kind: 'env' | 'file' | 'cmd' | 'stdin' | 'literal'; readonly source: string }
  | { readonly kind: 'client_credentials' }
  | { readonly kind: 'github'; readonly audience?: string }
  | { readonly kind: 'gitlab'; readonly variable: string }
  | { readonly kind: 'kubernetes'; readonly path: string };

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** Reads the words of `--token` or `token:`. Everything that is none of them is a literal. */
export function readTokenSource(text: string): TokenSource {
  const [, word = '', rest = ''] = /^([a-z_]+)(?::(.+))?$/s.exec(text) ?? [];
  if (text === '-') return { kind: 'stdin', source: text };
  if (word === 'client_credentials' && rest === '') return { kind: 'client_credentials' };
  if (word === 'github') return rest === '' ? { kind: 'github' } : { kind: 'github', audience: rest };
  if (word === 'gitlab' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(rest)) return { kind: 'gitlab', variable: rest };
  if (word === 'kubernetes') return { kind: 'kubernetes', path: rest === '' ? SERVICE_ACCOUNT : rest };
  const kind = rest !== '' && (word === 'env' || word === 'file' || word === 'cmd') ? word : 'literal';
  return { kind, source: text };
}

/** The source with its path, if it has one, from the folder of the file in which it stands. */
export function tokenSourceIn(folder: string, text: string): string {
  const [, word, path = ''] = /^(file|kubernetes):(.+)$/s.exec(text) ?? [];
  return word === undefined || isAbsolute(path) || path.startsWith('~/') ? text : `${word}:${join(folder, path)}`;
}

export interface TokenReading {
  readonly host: Host;
  readonly secrets: SecretReader;
  readonly client: ClientCredentials;
  /** For whom a token is asked, where the source does not say. */
  readonly audience?: string;
  /** Scopes to ask for, separated by spaces. */
  readonly scope?: string;
  readonly resource?: string;
}

/** @throws TokctlError ERR_TOKEN_MISSING, ERR_CONFIG_INVALID for a source that cannot be read */
export async function tokenOriginOf(text: string, reading: TokenReading): Promise<TokenOrigin> {
  const source = readTokenSource(text);
  switch (source.kind) {
    case 'client_credentials':
      return grantOf(reading);
    case 'github':
      return githubOf(source.audience ?? reading.audience, reading);
    case 'gitlab':
      return gitlabOf(source.variable, reading);
    case 'kubernetes':
      return kubernetesOf(source.path, reading);
    default:
      return pasted(await reading.secrets.read(source.source, 'token'));
  }
}

const grantOf = ({ client, scope, resource }: TokenReading): TokenOrigin => ({
  from: 'client_credentials',
  client,
  ...(scope === undefined ? {} : { scope }),
  ...(resource === undefined ? {} : { resource }),
});

function githubOf(audience: string | undefined, { host }: TokenReading): TokenOrigin {
  const requestUrl = host.env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '';
  const requestToken = host.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? '';
  if (requestUrl !== '' && requestToken !== '')
    return { from: 'github', requestUrl, requestToken, ...(audience === undefined ? {} : { audience }) };
  throw missing('the identity of a GitHub Actions job, got none: `ACTIONS_ID_TOKEN_REQUEST_URL` is not set', {
    hint: 'give the job `permissions: id-token: write`',
  });
}

function gitlabOf(variable: string, { host }: TokenReading): TokenOrigin {
  const token = host.env[variable] ?? '';
  if (token !== '') return pasted(token);
  throw missing(`the ID token of a GitLab job in the variable \`${variable}\`, got none`, {
    hint: `in .gitlab-ci.yml: id_tokens: ${variable}: aud: https://…`,
  });
}

async function kubernetesOf(path: string, { host }: TokenReading): Promise<TokenOrigin> {
  const bytes = await host.files.read(path, 64 * 1024).catch((error: unknown) => {
    throw missing(`the token of a service account in \`${escapeText(path)}\`, got none: ${fileFault(error)}`, {
      hint: 'mount one: automountServiceAccountToken, or a projected volume with serviceAccountToken',
    });
  });
  return pasted(bytes.toString('utf8'));
}

function pasted(text: string): TokenOrigin {
  const { tokens } = unwrapPaste(text);
  const token = tokens.find(({ takenFrom }) => takenFrom === 'access_token') ?? tokens[0];
  if (token === undefined) throw missing('a token, got other text', { hint: 'see what it is: tokctl decode -' });
  return { from: 'text', text: token.text, ...(token.takenFrom === undefined ? {} : { takenFrom: token.takenFrom }) };
}

const missing = (what: string, { hint }: { hint: string }): TokctlError =>
  new TokctlError('ERR_TOKEN_MISSING', `expected ${what}`, { hint });
