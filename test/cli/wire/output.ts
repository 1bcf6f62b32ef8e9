// Output, several tokens, and where settings come from.

import { issuerServer } from '../../library/issuer-server.ts';
import { accessClaims, HOUR, ISSUER, jws, NOW } from '../../library/keys.ts';
import { asking, FILES, OPAQUE, offline, type Proof, report, type World } from './proof.ts';

const PLAIN = ['verify', '-', '--jwks', 'keys.json'];
const TOKEN = jws(accessClaims(ISSUER));
const EXPIRED = jws(accessClaims(ISSUER, { exp: NOW - HOUR }));
const plain = (value: World['value'], more: Partial<World> = {}): World => ({
  argv: PLAIN,
  stdin: TOKEN,
  files: FILES,
  value,
  ...more,
});

const LINES = [TOKEN, EXPIRED, TOKEN, EXPIRED]
  .map((token, index) => JSON.stringify({ token, id: `line-${index}` }))
  .join('\n');
const MANY = Array.from({ length: 24 }, (_, index) => JSON.stringify({ token: `${OPAQUE}${index}`, id: index })).join(
  '\n',
);
const BATCH = ['verify', '--from', 'lines', '--jwks', 'keys.json', '-o', 'ndjson'];
const batch = (value: World['value'], argv = BATCH): World => ({ argv, files: { ...FILES, lines: LINES }, value });

const ids = ({ stdout }: { stdout: string }) =>
  stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line).id);

/** The most introspections that were under way at the same time, each held until the next turn of many. */
async function inFlight(value: World['value']): Promise<World & { most: number[] }> {
  const most: number[] = [];
  let running = 0;
  const server = await issuerServer();
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    if (!url.endsWith('/introspect')) return globalThis.fetch(url, init);
    running += 1;
    most.push(running);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return new Response('{"active":true}', { headers: { 'content-type': 'application/json' } });
  };
  const lines = Array.from({ length: 12 }, (_, index) => `${OPAQUE}${index}`).join('\n');
  const argv = ['introspect', '--from', '-', '--issuer', server.issuer, '--client-auth', 'none', '-o', 'ndjson'];
  return { argv, stdin: lines, fetch: fetch as never, value, most };
}

const RESPONSE = JSON.stringify({ access_token: TOKEN, refresh_token: '1//0-a-refresh-token', token_type: 'Bearer' });
const CONFIG = `profiles:\n  mine:\n    audience: https://api.example.com\n`;
const audience: Pick<Proof, 'sees' | 'expected'> = {
  sees: (run) => report(run).checks.find(({ name }) => name === 'audience')?.outcome,
  expected: 'passed',
};

export const OUTPUT: Record<string, Proof> = {
  output: {
    world: () => plain('ndjson'),
    sees: ({ stdout }) => stdout.startsWith('{"schema":"tokctl.report/1"'),
    expected: true,
  },
  json: {
    world: () => plain(true),
    sees: ({ stdout }) => stdout.startsWith('{\n  "schema": "tokctl.report/1"'),
    expected: true,
  },
  quiet: { world: () => plain(true), sees: (run) => [run.exit, run.stdout, run.stderr], expected: [0, '', ''] },
  verbose: {
    world: () => asking(true),
    sees: ({ stderr }) => stderr.match(/^(?:GET|POST) .*?\((\w+)\)/gm)?.map((line) => line.replace(/ .*/, '')),
    expected: ['GET', 'POST'],
  },
  color: { world: () => plain('always'), sees: ({ stdout }) => stdout.includes('\u001b['), expected: true },
  tz: { world: () => plain('Asia/Tokyo'), sees: ({ stdout }) => /18:00:00 GMT\+9/.test(stdout), expected: true },
  'show-request': {
    world: () => asking(true),
    sees: ({ stderr }) => stderr.includes('--data-urlencode "token=$TOKEN"'),
    expected: true,
  },
  select: { world: () => plain('claims.sub'), sees: ({ stdout }) => stdout, expected: 'user-001\n' },
  'warn-ttl': {
    world: () => offline('2h'),
    sees: ({ stderr }) => stderr,
    expected: 'warning: less is left than --warn-ttl asks for: 1 h\n',
  },
};

export const BATCHES: Record<string, Proof> = {
  from: {
    world: () => ({
      argv: ['verify', '--jwks', 'keys.json', '-o', 'ndjson'],
      files: { ...FILES, lines: LINES },
      value: 'lines',
    }),
    sees: ids,
    expected: ['line-0', 'line-1', 'line-2', 'line-3'],
  },
  concurrency: {
    world: () => inFlight('3'),
    sees: (_run, world) => Math.max(...(world as World & { most: number[] }).most),
    expected: 3,
  },
  only: { world: () => batch('inactive'), sees: ids, expected: ['line-1', 'line-3'] },
  brief: {
    world: () => batch(true),
    sees: ({ stdout }) => stdout.split('\n').every((line) => !line.includes('"checks"')),
    expected: true,
  },
  shard: {
    world: () => ({ ...batch('1/2'), files: { ...FILES, lines: MANY } }),
    // Which ones is a matter of their hash; that a part is left out is what the option does.
    sees: (run) => ids(run).length > 0 && ids(run).length < 24,
    expected: true,
  },
  pick: {
    world: () => plain('access_token', { argv: ['decode', '-', '--json'], stdin: RESPONSE }),
    sees: ({ stdout }) => stdout.includes('"kind": "access_token"') && !stdout.includes('refresh'),
    expected: true,
  },
  profile: {
    world: () =>
      plain('mine', {
        argv: [...PLAIN, '--json'],
        files: { ...FILES, '/home/me/.config/tokctl/config.yaml': CONFIG },
        env: { HOME: '/home/me' },
      }),
    ...audience,
  },
  config: {
    world: () =>
      plain('mine.yaml', {
        argv: [...PLAIN, '--json'],
        files: { ...FILES, 'mine.yaml': `default-profile: mine\n${CONFIG}` },
      }),
    ...audience,
  },
};
