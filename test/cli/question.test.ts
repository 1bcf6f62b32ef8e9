// The one question of the terminal (contract §4.3): whether the issuer that only the token names is to be trusted.

import { describe, expect, test } from 'vitest';
import { issuerServer } from '../library/issuer-server.ts';
import { accessClaims, ISSUER, jwks, jws, key } from '../library/keys.ts';
import { type RunOptions, tokctl } from './transcript.ts';

const TOKEN = jws(accessClaims(ISSUER));
const QUESTION = `this token names the issuer \`${ISSUER}\`; fetch its keys and trust it for this run? [y/N] `;
const ON_TERMINAL: RunOptions = { tty: true, env: { NO_COLOR: '1' } };

describe('is asked with a terminal on stdin and stderr', () => {
  test.each(['y', 'Y', 'yes', ' yes '])('%j trusts it for this run', async (answer) => {
    const server = await issuerServer();
    const token = jws(accessClaims(server.issuer));
    const run = await tokctl(['verify', token], { ...ON_TERMINAL, network: true, answers: [answer] });
    expect(run).toMatchObject({ exit: 0, questions: [QUESTION.replace(ISSUER, server.issuer)] });
    expect(run.stdout).toContain(`issuer    ${server.issuer} (taken from the token)`);
    expect(run.stdout).toContain('issuer_from_token');
    expect(server.seen).toEqual(['GET metadata', 'GET jwks']);
  });

  test.each(['n', '', 'no', 'yy', 'ja', 'yes please'])('%j asks nothing of it: unknown, exit 3', async (answer) => {
    const run = await tokctl(['verify', TOKEN], { ...ON_TERMINAL, answers: [answer] });
    expect(run).toMatchObject({ exit: 3, questions: [QUESTION] });
    expect(run.stdout).toContain('? unknown - nobody named its issuer, so nothing was verified');
    expect(run.stdout).toContain(`next      if you trust it: tokctl verify - --issuer ${ISSUER}`);
  });

  test('introspect asks too, and once', async () => {
    const run = await tokctl(['introspect', TOKEN], { ...ON_TERMINAL, answers: ['n'] });
    expect(run).toMatchObject({ exit: 3, questions: [QUESTION] });
  });

  test('what the token says is escaped in the question', async () => {
    const token = jws(accessClaims('https://id.example.com/\u202e\u001b[2J'));
    const run = await tokctl(['verify', token], { ...ON_TERMINAL, answers: ['n'] });
    expect(run.questions).toEqual([QUESTION.replace(ISSUER, `${ISSUER}/\\u{202e}\\u{1b}[2J`)]);
  });
});

describe('is not asked', () => {
  const named = { files: { 'keys.json': jwks(key()) } };

  test.each<[string, string[], RunOptions, exit: number]>([
    ['with the token in a pipe', ['verify', '-'], { stdin: TOKEN, tty: true }, 3],
    ['without terminals', ['verify', TOKEN], {}, 3],
    ['with -q', ['verify', TOKEN, '-q'], ON_TERMINAL, 3],
    ['with --offline', ['verify', TOKEN, '--offline'], ON_TERMINAL, 3],
    ['with keys given', ['verify', TOKEN, '--jwks', 'keys.json'], { ...ON_TERMINAL, ...named }, 0],
    ['with several tokens', ['verify', TOKEN, TOKEN], ON_TERMINAL, 3],
    ['where iss is no https URL', ['verify', jws(accessClaims('id.example.com'))], ON_TERMINAL, 3],
    ['where there is no iss', ['verify', jws({ sub: 'a' })], ON_TERMINAL, 3],
    ['about an opaque token', ['introspect', '2YotnFZFEjr1zCsicMWpAA'], ON_TERMINAL, 2],
    ['by decode', ['decode', TOKEN], ON_TERMINAL, 0],
  ])('%s', async (_name, argv, options, exit) => {
    expect(await tokctl(argv, options)).toMatchObject({ exit, questions: [] });
  });

  test('with --trust-iss, which says yes in advance', async () => {
    const server = await issuerServer();
    const argv = ['verify', jws(accessClaims(server.issuer)), '--trust-iss'];
    expect(await tokctl(argv, { ...ON_TERMINAL, network: true })).toMatchObject({ exit: 0, questions: [] });
  });

  test('with an issuer named', async () => {
    const server = await issuerServer();
    const argv = ['verify', TOKEN, '--issuer', server.issuer];
    expect(await tokctl(argv, { ...ON_TERMINAL, network: true })).toMatchObject({ exit: 1, questions: [] });
  });

  test('where a profile has that issuer', async () => {
    const server = await issuerServer();
    const config = `profiles:\n  mine:\n    issuer: ${server.issuer}\n`;
    const run = await tokctl(['verify', jws(accessClaims(server.issuer)), '--json'], {
      tty: true,
      network: true,
      env: { HOME: '/home/me' },
      files: { '/home/me/.config/tokctl/config.yaml': config },
    });
    expect(run).toMatchObject({ exit: 0, questions: [] });
    expect(JSON.parse(run.stdout)).toMatchObject({ issuer: server.issuer, issuer_source: 'profile', weakened: [] });
  });
});
