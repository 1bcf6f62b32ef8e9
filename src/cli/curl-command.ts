// `--show-request`: the introspection request as a curl command that runs as printed once $TOKEN and $CLIENT_SECRET are set.
// Invariant: no value of the token, of a secret or of an assertion is in it.

import { escapeText } from '../core/escape.ts';
import type { HttpRequest } from '../protocol/http/network.ts';
import type { Settings } from './settings.ts';

const quote = (text: string): string => `'${escapeText(text).replaceAll("'", "'\\''")}'`;

export interface CurlOptions {
  /** The name of the method, as the report has it. */
  clientAuth: string;
  settings: Settings;
}

export function curlCommand({ url, headers, form = [] }: HttpRequest, { clientAuth, settings }: CurlOptions): string {
  const words = [
    `curl -sS ${quote(url.href)}`,
    ...connection(settings),
    `-H ${quote(`Accept: ${headers['accept'] ?? 'application/json'}`)}`,
    ...freeHeaders(settings),
    ...credentials(headers['authorization'], clientAuth),
    ...form.map(([name, value]) => `--data-urlencode ${member(name, value)}`),
  ];
  return encodingNote(headers['authorization']) + words.join(' \\\n  ');
}

/** curl sends a secret as it stands: one that form-encoding changes must be given encoded (RFC 6749 §2.3.1). */
function encodingNote(authorization = ''): string {
  const pair = Buffer.from(/^Basic (.*)$/.exec(authorization)?.[1] ?? '', 'base64').toString('utf8');
  const changed = /[%+]/.test(pair.slice(pair.indexOf(':') + 1));
  return changed ? '# CLIENT_SECRET is sent form-encoded here: set it to that spelling\n' : '';
}

/** Files are named as they were given: the command runs where this one ran. */
function connection(settings: Settings): string[] {
  const files = [
    ['tls-ca', '--cacert'],
    ['tls-cert', '--cert'],
    ['tls-key', '--key'],
  ] as const;
  const named = files.flatMap(([name, flag]) => {
    const path = settings.text(name);
    return path === undefined ? [] : [`${flag} ${quote(path)}`];
  });
  return settings.flag('insecure-tls') ? [...named, '--insecure'] : named;
}

/** Headers of the user may hold secrets: each value is a variable named for its header. `Authorization` does not go along. */
function freeHeaders(settings: Settings): string[] {
  const names = settings.texts('header').map((line) => line.slice(0, line.indexOf(':')).trim());
  const sent = names.filter((name) => name.toLowerCase() !== 'authorization');
  return sent.map((name) => `-H "${name}: $${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}"`);
}

const VARIABLES: Readonly<Record<string, string>> = {
  token: '$TOKEN',
  client_secret: '$CLIENT_SECRET',
  client_assertion: '$CLIENT_ASSERTION',
};

function member(name: string, value: string): string {
  const variable = Object.hasOwn(VARIABLES, name) ? VARIABLES[name] : undefined;
  return variable === undefined ? quote(`${name}=${value}`) : `"${name}=${variable}"`;
}

function credentials(authorization: string | undefined, clientAuth: string): string[] {
  if (authorization === undefined) return [];
  if (clientAuth !== 'client_secret_basic') return ['-H "Authorization: Bearer $BEARER"'];
  const pair = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString('utf8');
  const id = pair.slice(0, pair.indexOf(':'));
  return [`-u ${quote(id)}:"$CLIENT_SECRET"`];
}
