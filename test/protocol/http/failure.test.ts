// Errors of transports, also foreign ones, in plain words.

import { describe, expect, it } from 'vitest';
import { TokctlError } from '../../../src/core/errors.ts';
import { explainFailure, failureCode, isConnectionFailure, ProxyFailure } from '../../../src/protocol/http/failure.ts';
import { assertVoice } from './transports.ts';

const ASKED = new URL('https://me@id.example.com/token?x=hunter2');

const coded = (code: string, cause?: unknown) => Object.assign(new Error('hunter2', { cause }), { code });

describe('failureCode', () => {
  it.each([
    ['its own', coded('ECONNREFUSED'), 'ECONNREFUSED'],
    ['that of its cause, as fetch gives it', new TypeError('fetch failed', { cause: coded('ENOTFOUND') }), 'ENOTFOUND'],
    ['that of its cause before one of undici', coded('UND_ERR_SOCKET', coded('ECONNRESET')), 'ECONNRESET'],
    ['one of undici where there is no other', coded('UND_ERR_SOCKET', new Error('x')), 'UND_ERR_SOCKET'],
    ['that of its first part', new AggregateError([coded('EHOSTUNREACH'), coded('ECONNREFUSED')]), 'EHOSTUNREACH'],
    ['one for a parser that says none', Object.assign(new Error('x'), { name: 'HTTPParserError' }), 'HPE_INVALID'],
    ['none', new Error('x'), undefined],
    ['none of what is no error', 'ECONNREFUSED', undefined],
    ['none of a number', Object.assign(new Error('x'), { code: 7 }), undefined],
  ])('is %s', (_what, error, code) => {
    expect(failureCode(error)).toBe(code);
  });

  it('ends with errors that are their own cause', () => {
    const error = new Error('x');
    error.cause = error;
    expect(failureCode(error)).toBeUndefined();
  });
});

describe('explainFailure', () => {
  it.each([
    ['ECONNREFUSED', 'ERR_NETWORK', 'connection refused (`ECONNREFUSED`)'],
    ['ECONNRESET', 'ERR_NETWORK', 'connection cut off (`ECONNRESET`)'],
    ['EPIPE', 'ERR_NETWORK', 'connection cut off (`EPIPE`)'],
    ['UND_ERR_SOCKET', 'ERR_NETWORK', 'connection cut off (`UND_ERR_SOCKET`)'],
    ['ENOTFOUND', 'ERR_NETWORK', 'host name not found (`ENOTFOUND`)'],
    ['EAI_AGAIN', 'ERR_NETWORK', 'no answer from the name server (`EAI_AGAIN`)'],
    ['ETIMEDOUT', 'ERR_NETWORK', 'connection timed out (`ETIMEDOUT`)'],
    ['EHOSTUNREACH', 'ERR_NETWORK', 'host unreachable (`EHOSTUNREACH`)'],
    ['ENETUNREACH', 'ERR_NETWORK', 'network unreachable (`ENETUNREACH`)'],
    ['EACCES', 'ERR_NETWORK', 'connection not permitted by this machine (`EACCES`)'],
    ['EMFILE', 'ERR_NETWORK', 'too many open files (`EMFILE`)'],
    ['ESOMETHING', 'ERR_NETWORK', 'a failed connection (`ESOMETHING`)'],
    ['HPE_INVALID_CONSTANT', 'ERR_NETWORK', 'something that is not HTTP/1.1 as it should be (`HPE_INVALID_CONSTANT`)'],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'ERR_NETWORK', 'body that differs from its Content-Length'],
    ['HPE_HEADER_OVERFLOW', 'ERR_RESPONSE_TOO_LARGE', 'more'],
    ['UND_ERR_HEADERS_OVERFLOW', 'ERR_RESPONSE_TOO_LARGE', 'more'],
    ['CERT_HAS_EXPIRED', 'ERR_TLS', 'an expired one (`CERT_HAS_EXPIRED`)'],
    ['CERT_NOT_YET_VALID', 'ERR_TLS', 'one that is not valid yet (`CERT_NOT_YET_VALID`)'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'ERR_TLS', 'a self-signed one (`SELF_SIGNED_CERT_IN_CHAIN`)'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'ERR_TLS', 'one of an unknown issuer'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'ERR_TLS', 'one of an unknown issuer'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'ERR_TLS', 'one for other names'],
    ['EPROTO', 'ERR_TLS', 'no TLS 1.2 or newer (`EPROTO`)'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_TLS', 'no TLS 1.2 or newer'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'ERR_TLS', 'a server that refuses the certificate of the client'],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'ERR_TLS', 'a server that ends the handshake'],
    ['CRL_HAS_EXPIRED', 'ERR_TLS', 'an expired'],
  ])('of %s is %s', (code, expected, actual) => {
    const error = explainFailure(coded(code), ASKED);
    expect(error).toMatchObject({ code: expected, exitCode: 3 });
    expect(error.message).toContain(`got ${actual}`);
    expect(error.message).toContain('id.example.com');
    assertVoice(error);
    expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain('hunter2');
  });

  it('names no code where there is none', () => {
    expect(explainFailure(new Error('hunter2'), ASKED).message).toMatch(/got a failed connection \(`UNKNOWN`\)$/);
  });

  it('leaves a TokctlError as it is', () => {
    const error = new TokctlError('ERR_TLS', 'expected a, got b', { hint: 'c' });
    expect(explainFailure(error, ASKED)).toBe(error);
  });

  it('names the proxy', () => {
    const down = explainFailure(new ProxyFailure('proxy.example:3128', { cause: coded('ECONNREFUSED') }), ASKED);
    expect(down.message).toBe(
      'expected an answer from `id.example.com:443` through the proxy `proxy.example:3128`, got connection refused (`ECONNREFUSED`)',
    );
    const tls = explainFailure(new ProxyFailure('proxy.example:443', { cause: coded('CERT_HAS_EXPIRED') }), ASKED);
    expect(tls).toMatchObject({ code: 'ERR_TLS', details: { url: 'https://proxy.example/' } });
    assertVoice(down);
    assertVoice(tls);
  });
});

describe('isConnectionFailure', () => {
  it.each([
    [coded('ECONNRESET'), true],
    [coded('ENOTFOUND'), true],
    [new ProxyFailure('p:1', { cause: coded('ECONNREFUSED') }), true],
    [new ProxyFailure('p:1', { status: 407 }), false],
    [coded('HPE_INVALID_CONSTANT'), false],
    [coded('UND_ERR_RES_CONTENT_LENGTH_MISMATCH'), false],
    [coded('CERT_HAS_EXPIRED'), false],
    [coded('HPE_HEADER_OVERFLOW'), false],
  ])('of %o is %o', (cause, expected) => {
    expect(isConnectionFailure(explainFailure(cause, ASKED))).toBe(expected);
  });
});
