// What any endpoint may do in the place of an answer: to the connection, to the framing, to the body, by its status. The
// same list is played at the metadata, the JWK Set, the introspection and the token endpoint.

import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { ErrorCode } from '../../../src/index.ts';
import {
  body,
  bytes,
  bytesAndEnd,
  bytesAndReset,
  chunked,
  dribble,
  endless,
  head,
  json,
  reset,
  silence,
  status,
} from '../../servers/answers.ts';
import type { Answer } from '../../servers/scripted-server.ts';

export interface Misbehaviour {
  readonly name: string;
  /** Made anew for each test. `bystander` is the origin of a server that must see nothing. */
  readonly answer: (bystander: string) => Answer;
  readonly code: ErrorCode;
  /** It is an answer, and none that can be used: metadata may still stand at another place, and is looked for there. */
  readonly elsewhere?: boolean;
  /** Nothing but the end of the time ends it. */
  readonly slow?: boolean;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const GOOD = '{"active":true,"access_token":"granted","keys":[]}';
const bomb = gzipSync(Buffer.alloc(16 * 1024 * 1024, ' '));

const plain = (name: string, code: ErrorCode, answer: Answer): Misbehaviour => ({ name, code, answer: () => answer });

/** Counts what it writes, so each test has its own. */
const pouring = (name: string, start: string, part: Uint8Array): Misbehaviour => ({
  name,
  code: 'ERR_RESPONSE_TOO_LARGE',
  answer: () => endless(start, part),
});

const slowly = (name: string, answer: () => Answer): Misbehaviour => ({
  name,
  code: 'ERR_TIMEOUT',
  answer,
  slow: true,
});

// ---------------------------------------------------------------- the connection

/** Writes that part again and again, one after some milliseconds, for as long as anyone reads. */
const repeated =
  (start: string, part: string): Answer =>
  (socket) => {
    socket.write(start);
    const timer = setInterval(() => socket.write(part), 5);
    socket.on('close', () => clearInterval(timer));
  };

const connection: Misbehaviour[] = [
  slowly('says nothing', () => silence),
  slowly('sends its head byte by byte', () => repeated('HTTP/1.1 200 OK\r\n', 'x')),
  slowly('sends half a head and waits', () => bytes('HTTP/1.1 200 OK\r\nContent-Type: app')),
  slowly('sends its body byte by byte', () => dribble(JSON_TYPE)),
  slowly('sends half of its body and waits', () =>
    bytes(head({ ...JSON_TYPE, 'content-length': '100' }), '{"active":'),
  ),
  slowly('sends chunks of one byte for ever', () =>
    repeated(head({ ...JSON_TYPE, 'transfer-encoding': 'chunked' }), '1\r\n \r\n'),
  ),
  slowly('says 100 Continue for ever', () => repeated('', 'HTTP/1.1 100 Continue\r\n\r\n')),
  plain('resets the connection', 'ERR_NETWORK', reset),
  plain('ends the connection', 'ERR_NETWORK', bytesAndEnd('')),
  plain('ends it within its head', 'ERR_NETWORK', bytesAndEnd('HTTP/1.1 200 OK\r\nContent-Ty')),
  plain('resets it within its head', 'ERR_NETWORK', bytesAndReset('HTTP/1.1 200 OK\r\nContent-Ty')),
  plain('ends it within its body', 'ERR_NETWORK', bytesAndEnd(head({ ...JSON_TYPE, 'content-length': '100' }), GOOD)),
  plain(
    'resets it within its body',
    'ERR_NETWORK',
    bytesAndReset(head({ ...JSON_TYPE, 'content-length': '100' }) + GOOD),
  ),
  plain(
    'ends it within a chunk',
    'ERR_NETWORK',
    bytesAndEnd(head({ ...JSON_TYPE, 'transfer-encoding': 'chunked' }), 'ff\r\n', GOOD),
  ),
  plain(
    'ends it before the last chunk',
    'ERR_NETWORK',
    bytesAndEnd(head({ ...JSON_TYPE, 'transfer-encoding': 'chunked' }), `${GOOD.length.toString(16)}\r\n${GOOD}\r\n`),
  ),
];

// ---------------------------------------------------------------- the framing

const line = (first: string): Answer =>
  bytesAndEnd(`${first}\r\ncontent-type: application/json\r\ncontent-length: ${GOOD.length}\r\n\r\n${GOOD}`);
const framed = (fields: string, content = GOOD): Answer =>
  bytesAndEnd(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${fields}\r\n\r\n${content}`);

const framing: Misbehaviour[] = [
  plain('speaks HTTP/0.9', 'ERR_NETWORK', bytesAndEnd(GOOD)),
  plain('speaks of a version that is none', 'ERR_NETWORK', line('HTTP/9.9.9 200 OK')),
  plain('has a status that is no number', 'ERR_NETWORK', line('HTTP/1.1 abc OK')),
  plain('has no status', 'ERR_NETWORK', line('HTTP/1.1  OK')),
  plain('is a mail server', 'ERR_NETWORK', bytesAndEnd('220 mail.example.com ESMTP\r\n')),
  plain('is a shell server', 'ERR_NETWORK', bytesAndEnd('SSH-2.0-OpenSSH_9.2\r\n')),
  plain('speaks TLS where none is wanted', 'ERR_NETWORK', bytesAndEnd(Buffer.from('15030300020228', 'hex'))),
  plain(
    'sends noise',
    'ERR_NETWORK',
    bytesAndEnd(Buffer.from(Array.from({ length: 4096 }, (_, at) => (at * 151 + 7) % 256))),
  ),
  plain(
    'changes to another protocol',
    'ERR_NETWORK',
    bytesAndEnd('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
  ),
  plain('has two lengths', 'ERR_NETWORK', framed(`content-length: ${GOOD.length}\r\ncontent-length: 5`)),
  plain('has a list of lengths', 'ERR_NETWORK', framed(`content-length: ${GOOD.length}, 5`)),
  plain(
    'has a length and chunks (smuggling)',
    'ERR_NETWORK',
    framed('content-length: 5\r\ntransfer-encoding: chunked', `${GOOD.length.toString(16)}\r\n${GOOD}\r\n0\r\n\r\n`),
  ),
  plain('has a negative length', 'ERR_NETWORK', framed('content-length: -1')),
  plain('has a length with a sign', 'ERR_NETWORK', framed(`content-length: +${GOOD.length}`)),
  plain('has a length that is no number', 'ERR_NETWORK', framed('content-length: many')),
  plain('has a length beyond 64 bits', 'ERR_NETWORK', framed(`content-length: 1${'0'.repeat(30)}`)),
  plain(
    'has a chunk size that is no number',
    'ERR_NETWORK',
    framed('transfer-encoding: chunked', 'zz\r\n{}\r\n0\r\n\r\n'),
  ),
  plain(
    'has a chunk size beyond 64 bits',
    'ERR_NETWORK',
    framed('transfer-encoding: chunked', `${'f'.repeat(20)}\r\n{}\r\n0\r\n\r\n`),
  ),
  plain('has a null character in a field', 'ERR_NETWORK', framed('x-a: a\0b')),
  plain('has a field without a name', 'ERR_NETWORK', framed(': value')),
  plain('has a space before a colon', 'ERR_NETWORK', framed('content-length : 5')),
  plain('has a bare CR in a field', 'ERR_NETWORK', framed('x-a: a\rb')),
  plain('has a control character in its type', 'ERR_NETWORK', body('application/json\u0001', GOOD)),
  plain(
    'has a flood of fields',
    'ERR_RESPONSE_TOO_LARGE',
    framed(Array.from({ length: 3000 }, (_, at) => `x-${at}: ${'v'.repeat(30)}`).join('\r\n')),
  ),
  plain('has one field of a megabyte', 'ERR_RESPONSE_TOO_LARGE', framed(`x-a: ${'v'.repeat(1_000_000)}`)),
  pouring('has fields without an end', 'HTTP/1.1 200 OK\r\n', Buffer.from(`x-a: ${'v'.repeat(1000)}\r\n`)),
  pouring('has a reason without an end', 'HTTP/1.1 200 ', Buffer.alloc(1024, 'v')),
];

// ---------------------------------------------------------------- size and coding

const coded = (coding: string, content: Uint8Array): Answer =>
  body('application/json', content, { headers: { 'content-encoding': coding } });

const size: Misbehaviour[] = [
  plain(
    'announces ten gigabytes',
    'ERR_RESPONSE_TOO_LARGE',
    bytes(head({ ...JSON_TYPE, 'content-length': '10000000000' })),
  ),
  pouring('has a body without an end', head(JSON_TYPE), Buffer.alloc(16_384, ' ')),
  pouring(
    'has chunks without an end',
    head({ ...JSON_TYPE, 'transfer-encoding': 'chunked' }),
    Buffer.from(`400\r\n${' '.repeat(1024)}\r\n`),
  ),
  plain('has a body of two megabytes', 'ERR_RESPONSE_TOO_LARGE', chunked(' '.repeat(2 * 1024 * 1024), 65_536)),
  plain('sends gzip, unasked', 'ERR_RESPONSE_INVALID', coded('gzip', gzipSync(GOOD))),
  plain('sends 16 MiB in 16 KiB of gzip', 'ERR_RESPONSE_INVALID', coded('gzip', bomb)),
  plain('sends gzip in gzip', 'ERR_RESPONSE_INVALID', coded('gzip, gzip', gzipSync(bomb))),
  plain('sends deflate', 'ERR_RESPONSE_INVALID', coded('deflate', deflateSync(GOOD))),
  plain('sends brotli', 'ERR_RESPONSE_INVALID', coded('br', brotliCompressSync(GOOD))),
  plain('sends a coding that nobody knows', 'ERR_RESPONSE_INVALID', coded('x-\u00e9', Buffer.from(GOOD))),
  plain('says gzip and sends none', 'ERR_RESPONSE_INVALID', coded('gzip', Buffer.from(GOOD))),
  plain('sends gzip without saying so', 'ERR_RESPONSE_INVALID', body('application/json', gzipSync(GOOD))),
  plain(
    'sends a byte that is no UTF-8',
    'ERR_RESPONSE_INVALID',
    body('application/json', Buffer.from([0x7b, 0xff, 0x7d])),
  ),
  plain(
    'sends Latin-1',
    'ERR_RESPONSE_INVALID',
    body('application/json;charset=iso-8859-1', Buffer.from('{"a":"é"}', 'latin1')),
  ),
  plain(
    'sends an overlong character',
    'ERR_RESPONSE_INVALID',
    body('application/json', Buffer.from([0x7b, 0xc0, 0xa2, 0x7d])),
  ),
  plain(
    'sends UTF-16',
    'ERR_RESPONSE_INVALID',
    body('application/json;charset=utf-16', Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from(GOOD, 'utf16le')])),
  ),
];

// ---------------------------------------------------------------- what is no answer

const useless = (name: string, answer: Answer): Misbehaviour => ({
  name,
  code: 'ERR_RESPONSE_INVALID',
  answer: () => answer,
  elsewhere: true,
});
const PAGE = '<!DOCTYPE html><html><title>Sign in</title><script>alert(1)</script>';

const content: Misbehaviour[] = [
  useless('is a page for people', body('text/html; charset=utf-8', PAGE)),
  useless('is a page under another name', body('application/json', PAGE)),
  useless('is JSON without a type', bytesAndEnd(head({ 'content-length': String(GOOD.length) }), GOOD)),
  useless('is JSON as text/plain', body('text/plain', GOOD)),
  useless('is JSON as an image', body('image/png', GOOD)),
  useless(
    'is JSON as two types',
    bytesAndEnd(
      `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-type: text/html\r\ncontent-length: ${GOOD.length}\r\n\r\n${GOOD}`,
    ),
  ),
  useless('is empty', status(200)),
  useless('is white space', body('application/json', ' \r\n\t ')),
  ...[
    'null',
    '[]',
    '[{"active":true}]',
    '"active"',
    'true',
    '1',
    '1e999',
    '{',
    '{"active":true',
    '{"active":true}}',
    '{"active":true} {"active":true}',
    "{'active':true}",
    '{"active":true,}',
    '\u00a0{"active":true}',
    '{"active":\u0000true}',
    `${'['.repeat(200)}${']'.repeat(200)}`,
    `{"a":${'['.repeat(50_000)}`,
    'active=true',
    'callback({"active":true})',
    ")]}'\n{}",
  ].map((text) => useless(`is ${JSON.stringify(text).slice(0, 40)}`, body('application/json', text))),
];

// ---------------------------------------------------------------- status

const refusing = (
  code: number,
  error: ErrorCode,
  more: Partial<Misbehaviour> = {},
  headers: Record<string, string> = {},
): Misbehaviour => ({
  name: `answers ${code}${Object.entries(headers)
    .map(([name, value]) => ` with ${name}: ${value}`)
    .join('')}`,
  code: error,
  answer: () => status(code, headers),
  ...more,
});

const statuses: Misbehaviour[] = [
  ...[204, 205].map((code) => refusing(code, 'ERR_RESPONSE_INVALID', { elsewhere: true })),
  ...[201, 202, 206, 226, 299].map((code) => ({
    name: `answers ${code}`,
    code: 'ERR_HTTP_STATUS' as const,
    answer: () => json({ active: true }, { status: code }),
  })),
  ...[400, 402, 406, 408, 409, 418, 421, 451, 499, 500, 501, 502, 504, 521, 599, 999].map((code) =>
    refusing(code, 'ERR_HTTP_STATUS'),
  ),
  ...[404, 405, 410].map((code) => refusing(code, 'ERR_HTTP_STATUS', { elsewhere: true })),
  refusing(503, 'ERR_HTTP_STATUS', {}, { 'retry-after': '31536000' }),
  refusing(503, 'ERR_HTTP_STATUS', {}, { 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' }),
  refusing(429, 'ERR_RATE_LIMITED', {}, { 'retry-after': '100000000' }),
  refusing(429, 'ERR_RATE_LIMITED', {}, { 'retry-after': '-1' }),
  refusing(429, 'ERR_RATE_LIMITED', {}, { 'retry-after': '9'.repeat(400) }),
  { name: 'answers 502 with a page', code: 'ERR_HTTP_STATUS', answer: () => body('text/html', PAGE, { status: 502 }) },
  {
    name: 'answers 500 with what looks like an answer',
    code: 'ERR_HTTP_STATUS',
    answer: () => json({ active: true, access_token: 'x' }, { status: 500 }),
  },
];

// ---------------------------------------------------------------- elsewhere

const redirecting = (name: string, answer: (bystander: string) => Answer): Misbehaviour => ({
  name,
  code: 'ERR_HTTP_STATUS',
  answer,
});

const redirects: Misbehaviour[] = [
  ...[300, 301, 302, 303, 305, 307, 308, 399].map((code) =>
    redirecting(`redirects with ${code} to another host`, (bystander) =>
      status(code, { location: `${bystander}/stolen` }),
    ),
  ),
  redirecting('redirects without saying where to', () => status(302)),
  redirecting('redirects to a file', () => status(302, { location: 'file:///etc/passwd' })),
  redirecting('redirects to clear text', (bystander) =>
    status(307, { location: bystander.replace('https:', 'http:') }),
  ),
  redirecting('redirects with control text', () =>
    status(302, { location: 'https://evil.example/\u009b2J::error::x' }),
  ),
  redirecting('redirects with two targets', (bystander) =>
    bytesAndEnd(
      `HTTP/1.1 302 Found\r\nlocation: ${bystander}/a\r\nlocation: ${bystander}/b\r\ncontent-length: 0\r\n\r\n`,
    ),
  ),
  redirecting('redirects to a host with credentials', (bystander) =>
    status(301, { location: bystander.replace('://', '://user:password@') }),
  ),
  {
    name: 'sends a page that leads elsewhere',
    code: 'ERR_RESPONSE_INVALID',
    elsewhere: true,
    answer: (bystander) =>
      body('text/html', `<meta http-equiv="refresh" content="0;url=${bystander}"><img src="${bystander}">`),
  },
  {
    name: 'names another host in Refresh, Link, Alt-Svc and Content-Location',
    code: 'ERR_HTTP_STATUS',
    answer: (bystander) =>
      status(400, {
        refresh: `0; url=${bystander}`,
        link: `<${bystander}>; rel=preload`,
        'alt-svc': `h2="${new URL(bystander).host}"`,
        'content-location': bystander,
      }),
  },
];

/** What a connection that is encrypted could change: all below the content. */
export const ON_THE_WIRE: readonly Misbehaviour[] = [
  // A reset is of TCP; how node's TLS passes it on is its own affair.
  ...connection.filter(({ name }) => !name.startsWith('resets')),
  ...framing,
  ...size,
];

export const MISBEHAVIOURS: readonly Misbehaviour[] = [
  ...connection,
  ...framing,
  ...size,
  ...content,
  ...statuses,
  ...redirects,
];
