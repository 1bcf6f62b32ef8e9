// The same misbehaviours at each of the four endpoints, over plain sockets and over TLS: each ends in its documented code,
// in a report of the published form, and no other host hears of it (security.md §1.6).

import { beforeAll, describe, expect, it } from 'vitest';
import { certificates } from '../../servers/certificates.ts';
import { scriptedServer } from '../../servers/scripted-server.ts';
import { ask, ENDPOINTS, OPAQUE, SECRET } from './endpoints.ts';
import { MISBEHAVIOURS, type Misbehaviour, ON_THE_WIRE } from './misbehaviour.ts';

/** Seconds that are long enough for every answer that comes, and short for those that do not. */
const SHORT = 0.25;

const options = (endpoint: string, { elsewhere, slow }: Misbehaviour) => ({
  ...(slow === true ? { timeout: SHORT } : {}),
  ...(endpoint === 'metadata' && elsewhere === true ? { times: 2 } : {}),
});

describe.each(ENDPOINTS)('the %s', (endpoint) => {
  it.each(MISBEHAVIOURS)('$name', async (one) => {
    const bystander = await scriptedServer([]);
    const { code, text } = await ask(endpoint, one.answer(bystander.origin), options(endpoint, one));
    expect(code).toBe(one.code);
    expect(bystander.connections).toBe(0);
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(OPAQUE);
  });
});

describe('the introspection endpoint over TLS', () => {
  let made: Awaited<ReturnType<typeof certificates>>;
  beforeAll(async () => {
    made = await certificates();
  });

  it.each(ON_THE_WIRE)('$name', async (one) => {
    const tls = { server: made.server, ca: made.ca };
    const bystander = await scriptedServer([]);
    const asked = ask('introspection endpoint', one.answer(bystander.origin), { ...options('', one), tls });
    expect((await asked).code).toBe(one.code);
    expect(bystander.connections).toBe(0);
  });
});

it('there are more than 120 of them', () => {
  expect(new Set(MISBEHAVIOURS.map(({ name }) => name)).size).toBe(MISBEHAVIOURS.length);
  expect(MISBEHAVIOURS.length).toBeGreaterThanOrEqual(120);
});
