// How the tests of the playground ask it: as a client with a form, and as a caller of the resource.

import { CLIENTS } from '../../src/demo/authorization-server.ts';
import { type Playground, startPlayground } from '../../src/demo/playground.ts';

/** A playground on any free port. Its `close` fails if a request failed for a reason of the playground's own. */
export async function playgroundForTest(): Promise<Playground> {
  const faults: Error[] = [];
  const playground = await startPlayground({ port: 0, exact: true, onFault: (error) => faults.push(error) });
  return {
    ...playground,
    close: async () => {
      await playground.close();
      if (faults.length > 0) throw new AggregateError(faults, 'the playground had faults of its own');
    },
  };
}

export const basic = (id: string, secret: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

export const TEST_CLIENT = basic(CLIENTS.test.client_id, CLIENTS.test.client_secret);
export const MACHINE = basic(CLIENTS.machine.client_id, CLIENTS.machine.client_secret);

export interface Answer {
  status: number;
  challenge: string | null;
  json: Record<string, unknown>;
}

export async function post(
  url: string,
  form: Record<string, string>,
  headers: Record<string, string> = TEST_CLIENT,
): Promise<Answer> {
  return read(await fetch(url, { method: 'POST', body: new URLSearchParams(form), headers }));
}

export async function get(url: string, headers: Record<string, string> = {}): Promise<Answer> {
  return read(await fetch(url, { headers }));
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate'),
    json: text.startsWith('{') ? JSON.parse(text) : {},
  };
}

/** Header and payload of a JWT, unverified. */
export function parts(jwt: string): { header: Record<string, unknown>; payload: Record<string, unknown> } {
  const [header, payload] = jwt.split('.').map((part) => Buffer.from(part, 'base64url').toString());
  return { header: JSON.parse(header ?? ''), payload: JSON.parse(payload ?? '') };
}
