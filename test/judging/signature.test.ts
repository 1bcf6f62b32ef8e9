import { expect, test } from 'vitest';
import { parseToken } from '../../src/core/token.ts';
import { contextOf } from '../../src/judging/context.ts';
import { judgeSignature } from '../../src/judging/signature.ts';
import { accessClaims, ISSUER, jws } from '../library/keys.ts';

test('without an issuer and without keys nothing is asked and nothing is said to verify', async () => {
  const fetch = async (url: string): Promise<never> => {
    throw new Error(`not expected: ${url}`);
  };
  const { checks, verification, error } = await judgeSignature(
    parseToken(jws(accessClaims(ISSUER))),
    { fromToken: false },
    await contextOf({ fetch }),
  );
  expect([verification, error]).toEqual([undefined, undefined]);
  expect(checks.map(({ name, outcome }) => [name, outcome])).toEqual([
    ['algorithm', 'passed'],
    ['key', 'skipped'],
  ]);
});
