// `--watch`: again and again until Ctrl-C, with a pause that the test gives.

import { describe, expect, it } from 'vitest';
import { command, gate, hostFor } from './gate.ts';

const YAML = 'checks:\n  a: { token: env:T, active: false, jwks: keys.json }\n';
/** A JWT whose algorithm alone is a definite no. */
const DEAD = `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`;

/** Interrupts after that many pauses. */
function pauses(count: number) {
  const interrupt = new AbortController();
  const waited: number[] = [];
  const wait = async (milliseconds: number) => {
    waited.push(milliseconds);
    if (waited.length === count) interrupt.abort(new Error('interrupted'));
  };
  return { wait, waited, signal: interrupt.signal };
}

describe('--watch', () => {
  it('runs again after each pause, and ends with the code of the last run', async () => {
    const { wait, waited, signal } = pauses(3);
    const { host, stdout, files } = hostFor({
      yaml: YAML,
      env: { T: DEAD },
      files: { 'keys.json': '{"keys":[]}' },
      signal,
    });
    const exit = await command(['--watch', '30s', '--report', 'json=last.json'], host, wait);
    expect(exit).toBe(0);
    expect(waited).toEqual([30_000, 30_000, 30_000]);
    expect(stdout().match(/✓ 1 check passed/g)).toHaveLength(3);
    expect(files.has('last.json')).toBe(true);
  });

  it('reads sources anew each time', async () => {
    const { wait, signal } = pauses(2);
    const env: Record<string, string> = {};
    const { host, stdout } = hostFor({ yaml: YAML, env, files: { 'keys.json': '{"keys":[]}' }, signal });
    const exit = await command(['--watch', '1s'], host, async (milliseconds) => {
      env['T'] = DEAD;
      await wait(milliseconds);
    });
    expect(exit).toBe(0);
    expect(stdout()).toMatch(/^\? 1 of 1 check without an answer[\s\S]*✓ 1 check passed/);
  });

  it('clears a terminal, and nothing else', async () => {
    const { wait, signal } = pauses(1);
    const { host, stdout } = hostFor({
      yaml: YAML,
      env: { T: DEAD },
      signal,
      tty: true,
      files: { 'keys.json': '{"keys":[]}' },
    });
    await command(['--watch', '1s'], host, wait);
    expect(stdout().startsWith('\u001b[2J\u001b[H')).toBe(true);
  });

  it('is 130 when it is interrupted before a run has ended', async () => {
    const interrupt = new AbortController();
    const { exit } = await gate(['--watch', '1s', '--server', '--issuer', 'https://id.example.com'], {
      signal: interrupt.signal,
      fetch: (_, { signal }) => {
        interrupt.abort(new Error('interrupted'));
        return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    });
    expect(exit).toBe(130);
  });

  it.each([
    [['--watch', '10ms'], /expected an interval of at least 1 s/],
    [['--watch', 'often'], /--watch: expected a duration/],
    [['--watch', '5s', '--token', '-'], /expected a token that can be read again, got stdin/],
    [['--serve', '0', '--token', '-'], /expected a token that can be read again, got stdin/],
  ])('cannot be %j', async (words, message) => {
    const { exit, stderr } = await gate(words, { yaml: YAML });
    expect(exit).toBe(2);
    expect(stderr).toMatch(message);
  });
});
