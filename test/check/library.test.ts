// `runChecks` of the library: order, limit, one bad check among many, and the end by a signal.

import { describe, expect, it } from 'vitest';
import { type CheckDefinition, type DeferredCheck, type RunOptions, runChecks } from '../../src/check.ts';
import { TokctlError } from '../../src/core/errors.ts';
import * as library from '../../src/index.ts';

const token = (name: string, more: Partial<CheckDefinition> = {}): CheckDefinition =>
  ({
    name,
    subject: 'token',
    token: { from: 'text', text: 'an-opaque-token-of-nobody' },
    question: {
      mode: 'remote',
      introspectionEndpoint: 'https://id.example.com/introspect',
      client: { id: 'a', secret: 'secret-of-a' },
    },
    ...more,
  }) as CheckDefinition;

const deferred = (name: string, define: DeferredCheck['define']): DeferredCheck => ({ name, subject: 'token', define });

const answering =
  (body: object): NonNullable<RunOptions['fetch']> =>
  async () =>
    new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } }) as never;

describe('runChecks', () => {
  it('is of the library', () => {
    expect(library.runChecks).toBe(runChecks);
  });

  it('gives results in the order of the checks, and tells of each as it ends', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const told: string[] = [];
    const run = await runChecks(
      [
        deferred('slow', async () => {
          await held;
          return token('slow');
        }),
        token('quick'),
      ],
      { fetch: answering({ active: true }) },
      ({ name }) => {
        told.push(name);
        release();
      },
    );
    expect(told).toEqual(['quick', 'slow']);
    expect(run.results.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual(['slow passed', 'quick passed']);
    expect(run.schema).toBe('tokctl.check/1');
  });

  it('makes of a bug in one check a result of that check', async () => {
    const run = await runChecks(
      [
        deferred('bug', async () => {
          throw new RangeError('holds secret-of-a');
        }),
        token('good'),
      ],
      { fetch: answering({ active: true }) },
    );
    expect([run.exit_code, run.summary.passed]).toEqual([70, 1]);
    expect(run.results[0]?.error?.code).toBe('ERR_INTERNAL');
    expect(JSON.stringify(run)).not.toContain('secret-of-a');
  });

  it('exits with the first that occurs of 70, 2, 3, 1, 0', async () => {
    const failing = (code: ConstructorParameters<typeof TokctlError>[0]) =>
      deferred(code, async () => {
        throw new TokctlError(code, 'no', { hint: 'none' });
      });
    const exit = async (...checks: DeferredCheck[]) =>
      (await runChecks([...checks, token('dead')], { fetch: answering({ active: false }) })).exit_code;
    expect(await exit()).toBe(1);
    expect(await exit(failing('ERR_TIMEOUT'))).toBe(3);
    expect(await exit(failing('ERR_TIMEOUT'), failing('ERR_USAGE'))).toBe(2);
    expect(await exit(failing('ERR_TIMEOUT'), failing('ERR_INTERNAL'), failing('ERR_USAGE'))).toBe(70);
  });

  it('runs 10 000 checks within its limit', async () => {
    let open = 0;
    let most = 0;
    const checks = Array.from({ length: 10_000 }, (_, n) =>
      deferred(`c${n}`, async () => {
        open += 1;
        most = Math.max(most, open);
        await Promise.resolve();
        open -= 1;
        throw new TokctlError('ERR_CONFIG_INVALID', 'not set', { hint: 'set it' });
      }),
    );
    const run = await runChecks(checks, { concurrency: 16 });
    expect([run.summary.total, run.summary.unknown, run.exit_code, most]).toEqual([10_000, 10_000, 2, 16]);
  });

  it('ends with the reason of its signal', async () => {
    const controller = new AbortController();
    const reason = new Error('interrupted');
    const fetch: NonNullable<RunOptions['fetch']> = (_, { signal }) => {
      controller.abort(reason);
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    await expect(runChecks([token('a'), token('b')], { fetch, signal: controller.signal })).rejects.toBe(reason);
  });

  it('keeps what a server echoes out of the results', async () => {
    const run = await runChecks([token('a')], {
      fetch: async () =>
        new Response('{"error":"invalid_client","error_description":"secret-of-a for an-opaque-token-of-nobody"}', {
          status: 400,
          headers: { 'content-type': 'application/json' },
        }) as never,
    });
    expect(run.exit_code).toBe(3);
    expect(JSON.stringify(run)).not.toMatch(/secret-of-a|an-opaque-token-of-nobody/);
  });

  it('judges as of its clock', async () => {
    const claims = Buffer.from(JSON.stringify({ exp: 1000 })).toString('base64url');
    const head = Buffer.from('{"alg":"RS256"}').toString('base64url');
    const check = token('a', {
      token: { from: 'text', text: `${head}.${claims}.AAAA` },
      question: { jwks: '{"keys":[]}' },
    } as Partial<CheckDefinition>);
    const left = async (now: number) => (await runChecks([check], { now: () => now })).results[0]?.measures.ttl_seconds;
    expect([await left(400), await left(1600)]).toEqual([600, -600]);
  });
});
