// What is shared between the tokens of a run belongs to nobody: whatever a caller does to one report changes no other.

import { expect, test } from 'vitest';
import { decode, type Report, verify } from '../../src/index.ts';
import { accessClaims, jws, key, NOW } from './keys.ts';

const ISSUER = 'https://id.example.com';
const TOKEN = jws(accessClaims(ISSUER));
const OPTIONS = { issuer: ISSUER, jwks: JSON.stringify({ keys: [key().jwk] }), now: NOW };

/** Overwrites, takes away and adds whatever it may, at every depth. Gives how much of it was refused. */
function vandalize(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let refused = 0;
  for (const [name, inner] of Object.entries(value)) {
    refused += vandalize(inner);
    if (!Reflect.set(value, name, 'vandalized') || !Reflect.deleteProperty(value, name)) refused += 1;
  }
  return refused + (Reflect.set(value, 'added', true) ? 0 : 1);
}

test('what is done to a report of verify changes no other report', async () => {
  const before = JSON.stringify(await verify(TOKEN, OPTIONS));
  const refused = vandalize(await verify(TOKEN, OPTIONS));
  expect(refused).toBeGreaterThan(0);
  expect(JSON.stringify(await verify(TOKEN, OPTIONS))).toBe(before);
  expect((JSON.parse(before) as Report).verdict).toBe('active');
});

test('what is done to a description of decode changes no verdict', async () => {
  const before = JSON.stringify(await verify(TOKEN, OPTIONS));
  vandalize(await decode(TOKEN, { now: NOW }));
  expect(JSON.stringify(await verify(TOKEN, OPTIONS))).toBe(before);
});
