// Plays a situation: the real command line with a host in memory, against a server that behaves as the situation says.
// A request to a host that the situation does not know fails it.

import { run } from '../../src/cli/run.ts';
import type { Cause, Report } from '../../src/core/report.ts';
import type { FetchInit, FetchLike } from '../../src/protocol/http/network.ts';
import { fakeHost } from '../cli/fake-host.ts';
import type { ServerAnswer, ServerBehaviour, Situation } from './situation.ts';
import { KEYS, NOW } from './tokens.ts';

export interface Played {
  causes: readonly Cause[];
  report: Report;
  stderr: string;
}

export interface Playing {
  fetch?: FetchLike;
  /** Milliseconds since 1970. */
  now?: number;
  output?: 'json' | 'table';
}

/** Runs the command of a situation and gives what it says. */
export async function play(situation: Situation, { fetch, now = NOW * 1000 }: Playing = {}): Promise<Played> {
  const strangers: string[] = [];
  const { host, stdout, stderr } = hostOf(situation, fetch ?? serverFor(situation.server ?? {}, strangers), now);
  await run([...words(situation), '-o', 'json'], host);
  if (strangers.length > 0) throw new Error(`a request that was not expected: ${strangers.join(', ')}`);
  const report = JSON.parse(stdout()) as Report;
  return { causes: report.causes, report, stderr: stderr() };
}

/** The same as people see it. */
export async function playTable(situation: Situation, { fetch, now = NOW * 1000 }: Playing = {}): Promise<string> {
  const { host, stdout, stderr } = hostOf(situation, fetch ?? serverFor(situation.server ?? {}, []), now);
  await run(words(situation), host);
  return stdout() + stderr();
}

/** Words in quotes stay together. */
function words({ command }: Situation): string[] {
  const [name = '', ...rest] = command.match(/'[^']*'|\S+/g) ?? [];
  return [name, '-', ...rest.map((word) => word.replace(/^'|'$/g, ''))];
}

const HOME = '/home/ada';

function hostOf({ token, files = {}, env = {}, profiles }: Situation, fetch: FetchLike, now: number) {
  const config =
    profiles === undefined ? {} : { [`${HOME}/.config/tokctl/config.yaml`]: { content: yaml(profiles), mode: 0o600 } };
  return fakeHost({
    env: { HOME, CLIENT_SECRET: 'sesame4711', ...env },
    files: { ...files, ...config },
    stdin: token,
    now,
    fetch,
  });
}

const yaml = (profiles: Record<string, string>): string =>
  `profiles:\n${Object.entries(profiles)
    .map(([name, issuer]) => `  ${name}:\n    issuer: ${issuer}\n`)
    .join('')}`;

// ---------------------------------------------------------------- the server

const HOSTS = /\.(?:example\.com|okta\.com|auth0\.com|microsoftonline\.com|amazonaws\.com)$|^(?:sso|hydra)$/;

function serverFor(behaviour: ServerBehaviour, strangers: string[]): FetchLike {
  return async (url, init) => {
    const { hostname, pathname, origin } = new URL(url);
    if (!HOSTS.test(hostname)) {
      strangers.push(url);
      throw new Error(`a stranger: ${url}`);
    }
    return reply(answerFor(behaviour, { origin, pathname, init }), behaviour);
  };
}

interface Asked {
  origin: string;
  pathname: string;
  init: FetchInit;
}

function answerFor(behaviour: ServerBehaviour, { origin, pathname, init }: Asked): ServerAnswer {
  if (init.method === 'POST') {
    if (behaviour.answer === 'unreachable') throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    return behaviour.answer ?? { json: { active: false } };
  }
  const suffix = '/.well-known/openid-configuration';
  if (pathname.endsWith(suffix)) return metadata(behaviour, origin + pathname.slice(0, -suffix.length));
  if (pathname.endsWith('/keys'))
    return behaviour.jwks ?? { json: { keys: behaviour.keys ?? [KEYS.main.jwk, KEYS.rsa.jwk, KEYS.next.jwk] } };
  return { status: 404, json: {} };
}

function metadata({ metadata: members = {}, metadataStatus = 200 }: ServerBehaviour, issuer: string): ServerAnswer {
  const json = {
    issuer,
    jwks_uri: `${issuer}/keys`,
    introspection_endpoint: `${issuer}/introspect`,
    token_endpoint: `${issuer}/token`,
    ...members,
  };
  return { status: metadataStatus, json };
}

function reply({ status = 200, json, text, type, headers = {} }: ServerAnswer, { ahead }: ServerBehaviour): Response {
  const date = ahead === undefined ? {} : { date: new Date((NOW + ahead) * 1000).toUTCString() };
  const body = status === 204 ? null : (text ?? JSON.stringify(json ?? {}));
  const media = type ?? (text === undefined ? 'application/json' : 'text/plain');
  return new Response(body, { status, headers: { 'content-type': media, ...date, ...headers } });
}
