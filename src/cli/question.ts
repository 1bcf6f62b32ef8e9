// Settings to the one question of the library: durations to seconds, sources to secrets, files to their text.
// Invariant: a failure names the option and the file; it never holds what was read from them.

import { TokctlError } from '../core/errors.ts';
import { escapeText } from '../core/escape.ts';
import type { Expectations } from '../core/expectations.ts';
import type { KindName } from '../core/kind.ts';
import { unwrapPaste } from '../core/paste.ts';
import type { IssuerSource } from '../core/report.ts';
import { parseDuration, parseTime } from '../core/time.ts';
import type { ClientAuthMethod, ClientCredentials } from '../protocol/client-authentication.ts';
import type { IntrospectOptions, Mode, TrustOptions } from '../request.ts';
import type { Host } from './host.ts';
import type { SecretReader } from './secret-source.ts';
import type { Settings } from './settings.ts';
import type { StdinClaim } from './stdin.ts';
import { unreadable } from './unreadable.ts';

export interface Asking {
  host: Host;
  stdin: StdinClaim;
  secrets: SecretReader;
}

/** What the options of the network and the token are added to by the command. */
export type Question = Omit<IntrospectOptions, 'fetch' | 'memory' | 'signal' | 'observe' | 'id' | 'takenFrom'>;

/** Everything that the settings say about one question. @throws TokctlError ERR_USAGE, ERR_CONFIG_INVALID */
export async function questionOf(settings: Settings, asking: Asking): Promise<Question> {
  const at = settings.text('at');
  const now = at === undefined ? asking.host.now() / 1000 : parseTime(at);
  return {
    ...(now === undefined ? {} : { now }),
    ...(at === undefined ? {} : { nowIsChosen: true }),
    ...(await trustOf(settings, asking)),
    ...(settings.issuers.length === 0 ? {} : { knownIssuers: settings.issuers }),
    ...networkOf(settings),
    expectations: await expectationsOf(settings, asking),
    ...(await introspectionOf(settings, asking)),
  };
}

/** `{ name: value }`, or nothing for a value that is undefined. */
const given = <K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } =>
  value === undefined ? {} : ({ [name]: value } as { [P in K]?: V });

const seconds = (settings: Settings, name: string): number | undefined => {
  const text = settings.text(name);
  return text === undefined ? undefined : parseDuration(text);
};

const some = (list: string[]): string[] | undefined => (list.length === 0 ? undefined : list);

// ---------------------------------------------------------------- trust

const SOURCES: Readonly<Record<string, IssuerSource>> = {
  flag: 'flag',
  environment: 'environment',
  profile: 'profile',
};

async function trustOf(settings: Settings, asking: Asking): Promise<TrustOptions> {
  const issuer = settings.get('issuer');
  return {
    ...given('issuer', settings.text('issuer')),
    ...given('issuerSource', issuer === undefined ? undefined : SOURCES[issuer.origin]),
    ...given('metadataUrl', settings.text('metadata-url')),
    ...(await jwksOf(settings, asking)),
    ...given('key', await keyOf(settings, asking)),
    ...given('secret', await hmacSecret(settings, asking)),
    ...given('algorithms', some(settings.list('alg'))),
    ...(settings.flag('trust-iss') ? { trustTokenIssuer: true } : {}),
    ...given('allowedEndpointOrigins', some(settings.list('allow-endpoint-origin'))),
  };
}

async function jwksOf(settings: Settings, { host, stdin }: Asking): Promise<Pick<TrustOptions, 'jwks' | 'jwksUri'>> {
  const where = settings.text('jwks');
  if (where === undefined) return {};
  if (/^https?:\/\//i.test(where)) return { jwksUri: where };
  const inline = where.trimStart().startsWith('{');
  const text = where === '-' ? await jwksFromStdin(host, stdin) : inline ? where : await readText(where, host);
  const name = where === '-' ? 'stdin' : inline ? 'the JWK Set given' : `\`${escapeText(where)}\``;
  const { parseJwks } = await import('../protocol/jwks.ts');
  parseJwks(
    text,
    (problem) =>
      new TokctlError('ERR_CONFIG_INVALID', `${name} holds no JWK Set: ${problem}`, {
        hint: 'give a JWK Set (RFC 7517 §5): --jwks FILE or URL',
      }),
  );
  return { jwks: text };
}

async function jwksFromStdin(host: Host, stdin: StdinClaim): Promise<string> {
  stdin.claim('--jwks');
  return host.stdin.read();
}

async function keyOf(settings: Settings, { host }: Asking): Promise<string | undefined> {
  const path = settings.text('key');
  if (path === undefined) return undefined;
  const text = await readText(path, host);
  const { readPublicKey } = await import('../protocol/public-key.ts');
  readPublicKey(text, `\`${escapeText(path)}\``);
  return text;
}

/** A public key is no secret: whoever gives one here would let forged tokens pass (security.md A2). */
async function hmacSecret(settings: Settings, { secrets }: Asking): Promise<string | undefined> {
  const source = settings.text('secret');
  if (source === undefined) return undefined;
  const secret = await secrets.read(source, 'secret');
  if (!/-----BEGIN [A-Z ]+-----|"kty"\s*:/.test(secret)) return secret;
  throw new TokctlError('ERR_CONFIG_INVALID', '`--secret`: expected a shared secret, got a key', {
    hint: 'a public key goes to --key FILE',
  });
}

async function readText(path: string, host: Host): Promise<string> {
  const bytes = await host.files.read(path).catch((error: unknown) => {
    throw unreadable(`\`${escapeText(path)}\``, error);
  });
  return bytes.toString('utf8');
}

// ---------------------------------------------------------------- network

/** Limits and headers of every request. */
export function networkOf(settings: Settings) {
  const headers = settings.texts('header').map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
  });
  const retries = settings.text('retry');
  return {
    ...given('timeout', seconds(settings, 'timeout')),
    ...given('retries', retries === undefined ? undefined : Number(retries)),
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
    ...(settings.flag('offline') ? { offline: true } : {}),
    ...(settings.flag('insecure-http') ? { insecureHttp: true } : {}),
    ...(settings.flag('insecure-tls') ? { insecureTls: true } : {}),
  };
}

// ---------------------------------------------------------------- expectations

async function expectationsOf(settings: Settings, asking: Asking): Promise<Expectations> {
  const claims = settings
    .texts('claim')
    .map((text) => ({ name: text.slice(0, text.indexOf('=')), value: text.slice(text.indexOf('=') + 1) }));
  const certificate = settings.text('client-cert');
  return {
    ...given('audience', some(settings.list('audience'))),
    ...given('scope', some(settings.list('scope').flatMap((item) => item.split(/\s+/)))),
    ...given('kind', settings.text('expect') as KindName | undefined),
    ...given('typ', settings.text('typ')),
    ...(claims.length === 0 ? {} : { claims }),
    ...given('requiredClaims', some(settings.list('require-claim'))),
    ...given('minTtl', seconds(settings, 'min-ttl')),
    ...given('maxAge', seconds(settings, 'max-age')),
    ...given('nonce', settings.text('nonce')),
    ...given('accessToken', await otherToken(settings, 'access-token', asking)),
    ...given('code', await codeOf(settings, asking)),
    ...given('dpopProof', await otherToken(settings, 'dpop-proof', asking)),
    ...given('dpopMethod', settings.text('dpop-method')),
    ...given('dpopUrl', settings.text('dpop-url')),
    ...given('clientCertificate', certificate === undefined ? undefined : await readText(certificate, asking.host)),
    ...given('clockTolerance', seconds(settings, 'clock-tolerance')),
    ...(settings.flag('strict') ? { strict: true } : {}),
  };
}

/** A second token takes the forms that the first one takes (contract §11). */
async function otherToken(settings: Settings, name: string, { secrets }: Asking): Promise<string | undefined> {
  const source = settings.text(name);
  if (source === undefined) return undefined;
  const [token] = unwrapPaste(await secrets.read(source, name)).tokens;
  if (token !== undefined) return token.text;
  throw new TokctlError('ERR_USAGE', `expected a token for \`--${name}\`, got none`, {
    hint: `--${name} @FILE, env:NAME or -`,
  });
}

/** An authorization code as it stands: it has no form (RFC 6749 §4.1.2), so nothing is taken out of a longer text. */
async function codeOf(settings: Settings, { secrets }: Asking): Promise<string | undefined> {
  const source = settings.text('code');
  return source === undefined ? undefined : secrets.read(source, 'code');
}

// ---------------------------------------------------------------- introspection

async function introspectionOf(settings: Settings, asking: Asking) {
  const accept = settings.text('accept');
  const grant = settings.text('bearer-grant');
  const scope = some(settings.list('bearer-scope'))?.join(' ');
  return {
    ...given('mode', settings.text('mode') as Mode | undefined),
    ...given('introspectionEndpoint', settings.text('introspection-endpoint')),
    ...given('tokenTypeHint', settings.text('token-type-hint')),
    ...(accept === 'jwt' ? { accept: 'jwt' as const } : {}),
    client: await clientOf(settings, asking),
    ...given('bearer', await otherToken(settings, 'bearer', asking)),
    ...(grant === undefined
      ? {}
      : { bearerGrant: { ...given('scope', scope), ...given('resource', settings.text('bearer-resource')) } }),
  };
}

/** Who asks, as the settings say. */
export async function clientOf(settings: Settings, { host, secrets }: Asking): Promise<ClientCredentials> {
  const source = settings.text('client-secret');
  const key = settings.text('client-key');
  const method = settings.text('client-auth');
  if (method?.endsWith('tls_client_auth') === true && settings.text('tls-cert') === undefined)
    throw noCertificate(method);
  return {
    ...given('id', settings.text('client-id')),
    ...given('secret', source === undefined ? undefined : await secrets.read(source, 'client-secret')),
    ...given('method', settings.text('client-auth') as ClientAuthMethod | undefined),
    ...(settings.text('basic-encoding') === 'raw' ? { basicEncoding: 'raw' as const } : {}),
    ...given('key', key === undefined ? undefined : await readText(key, host)),
    ...given('keyAlgorithm', settings.text('client-key-alg')),
    ...given('assertionAudience', settings.text('client-assertion-audience')),
  };
}

/** RFC 8705 §2: the certificate of the connection is what authenticates. */
const noCertificate = (method: string): TokctlError =>
  new TokctlError('ERR_CLIENT_CREDENTIALS_MISSING', `expected a client certificate for ${method}, got none`, {
    hint: '--tls-cert FILE --tls-key FILE',
  });
