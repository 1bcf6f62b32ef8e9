// A check of an authorization server: metadata and keys, and what was promised about them. Every part is looked at,
// whatever came of the others: an issuer that does not answer may still show a certificate that has expired.

import { TokctlError } from '../core/errors.ts';
import { durationWords, formatIso } from '../core/time.ts';
import { contextOf, metadataOf } from '../judging/context.ts';
import { readCertificates } from '../protocol/http/certificate.ts';
import { exchange } from '../protocol/http/exchange.ts';
import type { Network } from '../protocol/http/network.ts';
import { introspectionRequest } from '../protocol/introspection.ts';
import { fetchJwks } from '../protocol/jwks.ts';
import { endpointOf, type Metadata } from '../protocol/metadata.ts';
import { readFault } from '../protocol/oauth-error.ts';
import { baselineText, changesSince } from './baseline.ts';
import type { IssuerCheck } from './definition.ts';
import type { Findings, Instruments } from './findings.ts';
import { enoughKeys, onlyAlgorithms, usableKeys } from './key-expectations.ts';
import type { Assertion, Measures } from './result.ts';

interface Part {
  checks: Assertion[];
  measures?: Partial<Measures>;
  error?: TokctlError;
}

interface Looking {
  check: IssuerCheck;
  network: Network;
  now: number;
}

export async function performIssuerCheck(check: IssuerCheck, instruments: Instruments): Promise<Findings> {
  const options = {
    ...instruments.within(check.network),
    ...(check.metadataUrl === undefined ? {} : { metadataUrl: check.metadataUrl }),
  };
  const context = await contextOf(options);
  const looking: Looking = { check, network: context.network, now: instruments.now() };
  const [aboutMetadata, aboutCertificate] = await Promise.all([
    partOf(async () => inMetadata(await metadataOf({ issuer: check.issuer, fromToken: false }, context), looking)),
    partOf(() => certificate(looking)),
  ]);
  const parts = [...aboutMetadata, ...aboutCertificate];
  const error = parts.find((part) => part.error !== undefined)?.error;
  return {
    checks: parts.flatMap(({ checks }) => checks),
    issuer: check.issuer,
    measures: Object.assign({}, ...parts.map(({ measures }) => measures)),
    weakened: [...context.weakened],
    because: 'the issuer is as expected',
    ...(error === undefined ? {} : { error }),
  };
}

async function partOf(look: () => Promise<Part[]>): Promise<Part[]> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof TokctlError) return [{ checks: [], error }];
    throw error;
  }
}

async function inMetadata(metadata: Metadata, looking: Looking): Promise<Part[]> {
  const found: Assertion = {
    name: 'metadata',
    outcome: 'passed',
    because: 'found, and of this issuer',
    spec: 'RFC 8414 §3',
  };
  const parts = await Promise.all([
    partOf(() => keys(metadata, looking)),
    partOf(() => unchanged(metadata, looking)),
    partOf(() => refusesAnonymous(metadata, looking)),
  ]);
  return [{ checks: [found] }, ...parts.flat()];
}

async function keys(metadata: Metadata, { check: { minKeys = 1, algorithms }, network }: Looking): Promise<Part[]> {
  const uri = endpointOf(metadata, 'jwksUri');
  const usable = uri === undefined ? [] : usableKeys(await fetchJwks(uri, network));
  const checks = [
    enoughKeys(usable, minKeys),
    ...(algorithms === undefined ? [] : [onlyAlgorithms(usable, algorithms)]),
  ];
  return [{ checks, measures: { jwks_keys: usable.length } }];
}

// ---------------------------------------------------------------- baseline

async function unchanged({ raw }: Metadata, { check }: Looking): Promise<Part[]> {
  const { baseline, recordBaseline } = check;
  const about = { name: 'baseline', spec: 'RFC 8414 §2' } as const;
  if (recordBaseline !== undefined) {
    await recordBaseline(baselineText(raw));
    return [{ checks: [{ ...about, outcome: 'passed', because: 'recorded' }] }];
  }
  if (baseline === undefined) return [];
  const changes = changesSince(baseline, raw);
  if (changes === undefined)
    throw new TokctlError('ERR_CONFIG_INVALID', 'expected recorded metadata as baseline, got other text', {
      hint: 'record it anew: tokctl check --record',
    });
  const told = Object.entries(changes).filter(([, names]) => names.length > 0);
  const because =
    told.length === 0
      ? 'the metadata is as recorded'
      : told.map(([how, names]) => `${how}: ${names.slice(0, 10).join(', ')}`).join('; ');
  return [{ checks: [{ ...about, outcome: told.length === 0 ? 'passed' : 'failed', because }] }];
}

// ---------------------------------------------------------------- anonymous callers

/** A text that no server has issued: nobody's token is shown to find out whether anyone may ask. */
const NOBODYS_TOKEN = 'tokctl-check-of-anonymous-access';

async function refusesAnonymous(metadata: Metadata, { check, network }: Looking): Promise<Part[]> {
  if (check.refusesAnonymous !== true) return [];
  const endpoint = endpointOf(metadata, 'introspectionEndpoint');
  if (endpoint === undefined)
    throw new TokctlError('ERR_ENDPOINT_UNKNOWN', 'expected an introspection endpoint in the metadata, got none', {
      hint: 'leave out `refuses-anonymous` for an issuer without introspection',
    });
  const answer = await exchange(
    introspectionRequest({ endpoint, token: NOBODYS_TOKEN, accept: 'json', headers: {}, form: [] }),
    network,
  );
  const fault = readFault(answer, 'the introspection endpoint');
  const refused = fault?.code === 'ERR_CLIENT_AUTHENTICATION' || (fault?.code === 'ERR_OAUTH' && answer.status === 400);
  if (fault !== undefined && !refused) throw fault;
  return [
    {
      checks: [
        {
          name: 'anonymous_refused',
          outcome: refused ? 'passed' : 'failed',
          expected: 'a refusal such as 401',
          actual: answer.status,
          because: refused ? 'callers without credentials are refused' : 'it answers callers without credentials',
          spec: 'RFC 7662 §2.1',
        },
      ],
    },
  ];
}

// ---------------------------------------------------------------- certificate

async function certificate({ check, network, now }: Looking): Promise<Part[]> {
  const { minCertificateTtl: least, issuer } = check;
  if (least === undefined) return [];
  const url = new URL(issuer);
  const about = {
    name: 'certificate',
    expected: `at least ${durationWords(least)}`,
    spec: 'RFC 5280 §4.1.2.5',
  } as const;
  if (url.protocol !== 'https:')
    return [{ checks: [{ ...about, outcome: 'failed', because: 'there is none: the issuer is reached by http' }] }];
  if (network.offline) throw offline(url);
  const { chain } = await readCertificates(url, {
    timeoutMs: network.timeoutMs,
    ...(network.signal === undefined ? {} : { signal: network.signal }),
  });
  // A root is not checked for its dates by those who trust it; whatever stands below it is.
  const end = Math.min(
    ...chain.filter(({ selfIssued }, index) => index === 0 || !selfIssued).map(({ validTo }) => validTo),
  );
  const left = end - now;
  const enough = left >= least;
  const ends = formatIso(end);
  const shown: Assertion = {
    ...about,
    outcome: enough ? 'passed' : 'failed',
    actual: left > 0 ? durationWords(left) : `expired ${durationWords(left)} ago`,
    because: left <= 0 ? 'it has expired' : enough ? 'it is valid long enough' : 'it expires soon',
  };
  return [{ checks: [shown], measures: ends === undefined ? {} : { certificate_expires_at: ends } }];
}

const offline = (url: URL): TokctlError =>
  new TokctlError('ERR_OFFLINE', `expected to connect to \`${url.host}\`, got \`--offline\``, {
    hint: 'leave out `--offline`',
  });
