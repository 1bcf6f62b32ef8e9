// Was the server asked that made the token? Told from `iss`, the issuer that was named, and the endpoint that was asked.
// Invariant: an endpoint that the metadata of the token's own issuer names is the right one, whatever its host.

import type { Cause, Confidence } from '../core/report.ts';
import { adviceOr, cause, type Facts, hasPassed, issOf, providerLine, shellWord } from './facts.ts';
import { nameOf } from './known-issuers.ts';

/** Causes that say that another server was asked, or the same by another name. Of an opaque token only its vendor is known. */
export function placeOf(facts: Facts, endpoint: string): Cause[] {
  const iss = issOf(facts);
  if (iss === undefined) return vendorElsewhere(facts, endpoint);
  if (!URL.canParse(endpoint)) return [];
  const named = facts.report.issuer;
  const evidence = [`iss of the token: ${iss}`, `asked: ${endpoint}`];
  if (named !== undefined && facts.introspectionEndpoint === undefined)
    return named === iss ? [] : ofOtherIssuer(facts, { iss, named, endpoint });
  if (!URL.canParse(iss)) return [];
  const [issuer, asked] = [new URL(iss), new URL(endpoint)];
  const [own, other] = [tenantOf(issuer.pathname), tenantOf(asked.pathname)];
  if (own !== undefined && other !== undefined && own !== other)
    return [wrongServer(facts, 'likely', [...evidence, `the token is of ${own}, asked was ${other}`])];
  if (issuer.origin === asked.origin) return [];
  return otherOrigin(facts, { issuer, asked, evidence, sameTenant: own !== undefined && own === other });
}

interface OtherIssuer {
  iss: string;
  named: string;
  endpoint: string;
}

/** The endpoint is that of an issuer that the token does not name. */
function ofOtherIssuer(facts: Facts, { iss, named, endpoint }: OtherIssuer): Cause[] {
  const evidence = [`iss of the token: ${iss}`, `issuer that was asked: ${named}`, `asked: ${endpoint}`];
  const isNearly = iss.replace(/\/$/, '') === named.replace(/\/$/, '');
  if (isNearly) return [];
  const [own, other] = [iss, named].map((text) => (URL.canParse(text) ? new URL(text) : undefined));
  if (own !== undefined && other !== undefined && own.pathname === other.pathname && isSameMachine(own, other))
    return [otherName(facts, 'likely', evidence, own, other)];
  return [wrongServer(facts, 'likely', evidence)];
}

/** Only the scheme or the port differ. */
const isSameMachine = (one: URL, other: URL): boolean => one.hostname === other.hostname;

interface Origins {
  issuer: URL;
  asked: URL;
  evidence: string[];
  sameTenant: boolean;
}

function otherOrigin(facts: Facts, { issuer, asked, evidence, sameTenant }: Origins): Cause[] {
  // The signature was verified with the keys of the named issuer: the endpoint is what a person says is its own.
  const isOwnAdmin = asked.pathname.endsWith('/admin/oauth2/introspect');
  if (isOwnAdmin) return [];
  const path = issuer.pathname.replace(/\/$/, '');
  const samePath = sameTenant || (path !== '' && asked.pathname.startsWith(`${path}/`));
  const compares = facts.provider?.traits.has('compares_host') === true;
  if (samePath || isSameMachine(issuer, asked)) return [otherName(facts, 'likely', evidence, issuer, asked)];
  const internal = isInternal(asked.hostname) !== isInternal(issuer.hostname);
  if (!internal) return [wrongServer(facts, hasPassed(facts, 'signature') ? 'possible' : 'likely', evidence)];
  const name = otherName(facts, compares ? 'likely' : 'possible', evidence, issuer, asked);
  return [name, wrongServer(facts, 'possible', evidence)];
}

/** The part of a path that tells realms, tenants and authorization servers of one host apart. */
function tenantOf(path: string): string | undefined {
  const found =
    /\/(realms)\/([^/]+)/.exec(path) ??
    /\/(t)\/([^/]+)\/oauth2\//.exec(`${path}/`) ??
    /\/(oauth2)\/(default|aus[A-Za-z0-9]{17})(?=\/|$)/.exec(path) ??
    /^\/([0-9a-f]{8}-[0-9a-f-]{27})(?=\/|$)/.exec(path);
  if (found !== null) return found[2] === undefined ? found[1] : `${found[1]}/${found[2]}`;
  // An Okta org server has /oauth2/v1 where a custom one has its id.
  return /^\/oauth2\/v1\//.test(path) ? 'oauth2/v1' : undefined;
}

/** A name that only machines of one network know. */
function isInternal(host: string): boolean {
  if (!host.includes('.') || host === 'localhost') return true;
  return /^(?:127|10|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.|\.(?:local|localdomain|internal|svc|cluster\.local|lan|intra|corp)$/.test(
    host,
  );
}

// ---------------------------------------------------------------- in words

function otherName(facts: Facts, confidence: Confidence, evidence: string[], issuer: URL, asked: URL): Cause {
  return cause('asked_through_other_hostname', confidence, {
    because: `the server was asked as ${asked.origin}, and the token was issued as ${issuer.origin}; some servers compare the two`,
    evidence: [...evidence, ...providerLine(facts)],
    fix: adviceOr(
      facts,
      'asked_through_other_hostname',
      `ask through the host name of the token: --introspection-endpoint ${shellWord(`${issuer.origin}${asked.pathname}`)}`,
    ),
  });
}

function wrongServer(facts: Facts, confidence: Confidence, evidence: string[]): Cause {
  const iss = issOf(facts) ?? '';
  const owner = nameOf(facts, iss);
  return cause('asked_wrong_server', confidence, {
    because:
      owner === undefined
        ? 'the token is of another server, realm or tenant than the one that was asked'
        : `the token is of \`${owner}\`, and another server was asked`,
    evidence,
    fix:
      owner === undefined
        ? adviceOr(facts, 'asked_wrong_server', `ask its own: --issuer ${shellWord(iss)}`)
        : `ask its own: -p ${owner}`,
  });
}

/** A form that one vendor alone gives its tokens, brought to the server of somebody else. */
function vendorElsewhere({ shape, token }: Facts, endpoint: string): Cause[] {
  const vendor = shape?.sure === true && shape.howToCheck !== 'rfc7662' ? shape.vendor : undefined;
  if (vendor === undefined || token.claims !== undefined) return [];
  const word = vendor.toLowerCase().split(/[^a-z0-9]/)[0] ?? '';
  if (word !== '' && URL.canParse(endpoint) && new URL(endpoint).hostname.includes(word)) return [];
  return [
    cause('asked_wrong_server', 'likely', {
      because: `it has the form of a token of ${vendor}, and another server was asked`,
      evidence: [`it has the form of: ${shape?.name}`, `asked: ${endpoint}`],
      fix: shape?.checkDetail ?? 'ask the vendor',
    }),
  ];
}
