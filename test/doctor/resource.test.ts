// A protected resource (RFC 9728): what it says of itself, and to strangers.

import { describe, expect, test } from 'vitest';
import { resourceMetadataUrl } from '../../src/doctor/resource.ts';
import { doctor } from '../../src/doctor.ts';
import type { AuthorizationServer, Reply, Seen } from './authorization-server.ts';
import { examined } from './examined.ts';

const WELL_KNOWN = 'GET /.well-known/oauth-protected-resource/api';
const options = ({ origin }: AuthorizationServer) => ({ resource: `${origin}/api` });

const CHALLENGED: Reply = {
  status: 401,
  headers: { 'www-authenticate': 'Bearer resource_metadata="https://a.example"' },
};
type Replying = (seen: Seen, server: AuthorizationServer) => Reply;
const sound: Replying = (_, { origin }) => ({ json: { resource: `${origin}/api`, authorization_servers: [origin] } });
const resource = (metadata: Replying, challenge: Reply = CHALLENGED, more: object = {}) =>
  examined({ options, replies: { [WELL_KNOWN]: metadata, 'GET /api': () => challenge }, ...more });

test('that is sound', async () => {
  const { severity, server } = await resource(sound);
  for (const id of ['metadata', 'identity', 'authorization_server', 'challenge'])
    expect(severity(`resource.${id}`), id).toBe('ok');
  expect(server.at('GET', '/api').map(({ headers }) => headers.authorization)).toEqual([undefined]);
});

test('that nobody names is not asked', async () => {
  const { report } = await examined();
  expect(report.findings.filter(({ id }) => id.startsWith('resource.'))).toEqual([]);
});

describe('its metadata', () => {
  test.each<[string, Reply, string]>([
    ['is not there', { status: 404 }, 'warning'],
    ['fails', { status: 500 }, 'error'],
    ['is a page', { headers: { 'content-type': 'text/html' }, text: '<html>' }, 'error'],
    ['is no object', { json: [] }, 'error'],
  ])('%s', async (_what, reply, expected) => {
    const { severity } = await resource(() => reply);
    expect(severity('resource.metadata')).toBe(expected);
    expect(severity('resource.identity')).toBe('absent');
    expect(severity('resource.challenge')).toBe('ok');
  });

  test('is of another resource', async () => {
    const { severity } = await resource((_, { origin }) => ({
      json: { resource: `${origin}/api/`, authorization_servers: [origin] },
    }));
    expect(severity('resource.identity')).toBe('error');
    expect(severity('resource.authorization_server')).toBe('ok');
  });

  test('names another server', async () => {
    const { severity } = await resource((_, { origin }) => ({
      json: { resource: `${origin}/api`, authorization_servers: [`${origin}/`] },
    }));
    expect(severity('resource.authorization_server')).toBe('error');
    expect(severity('resource.identity')).toBe('ok');
  });

  test('names a server that does not name it', async () => {
    const { severity } = await resource(sound, CHALLENGED, { metadata: () => ({ protected_resources: [] }) });
    expect(severity('resource.authorization_server')).toBe('warning');
  });
});

test.each<[string, Reply, string]>([
  ['anybody in', { status: 200 }, 'info'],
  ['nobody in, without a word', { status: 401 }, 'warning'],
  ['nobody in, with a password', { status: 401, headers: { 'www-authenticate': 'Basic' } }, 'warning'],
  ['nobody in, without its metadata', { status: 401, headers: { 'www-authenticate': 'Bearer' } }, 'info'],
])('it lets %s', async (_what, reply, expected) => {
  const { severity } = await resource(sound, reply);
  expect(severity('resource.challenge')).toBe(expected);
});

test.each([
  ['https://api.example', 'https://api.example/.well-known/oauth-protected-resource'],
  ['https://api.example/', 'https://api.example/.well-known/oauth-protected-resource'],
  ['https://api.example/v1/', 'https://api.example/.well-known/oauth-protected-resource/v1/'],
  ['https://api.example/v1?a=b', 'https://api.example/.well-known/oauth-protected-resource/v1?a=b'],
])('the metadata of %s is at %s', (named, where) => {
  expect(resourceMetadataUrl(named).href).toBe(where);
});

test.each(['https://api.example#part', 'api.example', 'file:///api'])('%s is no resource', async (named) => {
  await expect(doctor({ issuer: 'https://id.example.com', resource: named })).rejects.toMatchObject({
    code: 'ERR_USAGE',
  });
});
