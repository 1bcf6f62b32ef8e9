// How the caller authenticates at an endpoint (RFC 6749 §2.3, RFC 7523, RFC 8705), by the IANA names of the methods.
// Invariant: exactly one method for a request, never two at once, and never another one in silence.

import { TokctlError } from '../core/errors.ts';

export const CLIENT_AUTH_METHODS = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
  'none',
] as const;
export type ClientAuthMethod = (typeof CLIENT_AUTH_METHODS)[number];

/** Who asks, and what it has to show for it. */
export interface ClientCredentials {
  id?: string;
  secret?: string;
  /** Default: the first that the server lists and that there is material for, else `client_secret_basic`. */
  method?: ClientAuthMethod;
  /** `form` (default): form-encode id and secret for Basic (RFC 6749 §2.3.1). `raw`: for servers that do not decode. */
  basicEncoding?: 'form' | 'raw';
  /** The private key of `private_key_jwt`: text of a PEM, JWK or JWK Set. */
  key?: string;
  /** The algorithm of assertions; default: what the key says. */
  keyAlgorithm?: string;
  /** `aud` of assertions: `issuer` (default), `token`, `introspection` or a URL. */
  assertionAudience?: string;
}

/** True when the client shows a certificate in TLS (RFC 8705 §2): servers may have endpoints of their own for it. */
export const isMutualTls = (method: ClientAuthMethod | undefined): boolean =>
  method === 'tls_client_auth' || method === 'self_signed_tls_client_auth';

/** What is known of the server when a request to it is authenticated. */
export interface AuthenticationContext {
  /** The endpoint that the request goes to. */
  endpoint: URL;
  /** Methods that the metadata lists for it. */
  methods?: readonly string[];
  issuer?: string;
  tokenEndpoint?: string;
  introspectionEndpoint?: string;
  /** Seconds since 1970. */
  now: number;
}

/** What a method adds to a request. Holds credentials: never print it. */
export interface Authentication {
  method: ClientAuthMethod;
  headers: Record<string, string>;
  form: [name: string, value: string][];
}

/**
 * Authenticates a request by the method that was asked for, or by the default one.
 * @throws TokctlError ERR_CLIENT_CREDENTIALS_MISSING when a part is missing, ERR_CONFIG_INVALID for a key that is none
 */
export async function authenticate(
  credentials: ClientCredentials,
  context: AuthenticationContext,
): Promise<Authentication> {
  const method = credentials.method ?? defaultMethod(credentials, context.methods);
  const { headers, form } = await METHODS[method](credentials, context);
  return { method, headers, form };
}

const hasSecret = ({ id, secret }: ClientCredentials): boolean => id !== undefined && secret !== undefined;

/** Contract §11: of the methods listed, the first of these three that we have the material for; else basic. */
const PREFERRED: readonly (readonly [ClientAuthMethod, (credentials: ClientCredentials) => boolean])[] = [
  ['client_secret_basic', hasSecret],
  ['client_secret_post', hasSecret],
  ['private_key_jwt', ({ id, key }) => id !== undefined && key !== undefined],
];

function defaultMethod(credentials: ClientCredentials, listed: readonly string[] | undefined): ClientAuthMethod {
  const possible = PREFERRED.filter(([, fits]) => fits(credentials)).map(([method]) => method);
  return possible.find((method) => listed?.includes(method)) ?? possible[0] ?? 'client_secret_basic';
}

type Method = (
  credentials: ClientCredentials,
  context: AuthenticationContext,
) => Omit<Authentication, 'method'> | Promise<Omit<Authentication, 'method'>>;

const METHODS: Readonly<Record<ClientAuthMethod, Method>> = {
  client_secret_basic: (credentials, context) => {
    const { id, secret } = idAndSecret(credentials, context);
    const spell = credentials.basicEncoding === 'raw' ? (text: string) => text : formEncode;
    const value = Buffer.from(`${spell(id)}:${spell(secret)}`).toString('base64');
    return { headers: { authorization: `Basic ${value}` }, form: [] };
  },
  client_secret_post: (credentials, context) => {
    const { id, secret } = idAndSecret(credentials, context);
    return {
      headers: {},
      form: [
        ['client_id', id],
        ['client_secret', secret],
      ],
    };
  },
  client_secret_jwt: async (credentials, context) => {
    const { id, secret } = idAndSecret(credentials, context);
    const { secretAssertion } = await import('./client-assertion.ts');
    return assertionForm(await secretAssertion({ ...credentials, id, secret }, context));
  },
  private_key_jwt: async (credentials, context) => {
    const { id, key } = credentials;
    if (id === undefined) throw missing('a client id', '--client-id ID', context);
    if (key === undefined) throw missing('a private key of the client', '--client-key FILE', context);
    const { keyAssertion } = await import('./client-assertion.ts');
    return assertionForm(await keyAssertion({ ...credentials, id, key }, context));
  },
  tls_client_auth: (credentials, context) => onlyId(credentials, context),
  self_signed_tls_client_auth: (credentials, context) => onlyId(credentials, context),
  none: ({ id }) => ({ headers: {}, form: id === undefined ? [] : [['client_id', id]] }),
};

/** The certificate itself is shown by the TLS connection (RFC 8705 §2); the request names the client. */
function onlyId({ id }: ClientCredentials, context: AuthenticationContext): Omit<Authentication, 'method'> {
  if (id === undefined) throw missing('a client id', '--client-id ID', context);
  return { headers: {}, form: [['client_id', id]] };
}

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** RFC 7523 §2.2: no `client_id` beside it, and never a secret. */
const assertionForm = (assertion: string): Omit<Authentication, 'method'> => ({
  headers: {},
  form: [
    ['client_assertion_type', ASSERTION_TYPE],
    ['client_assertion', assertion],
  ],
});

function idAndSecret(
  { id, secret }: ClientCredentials,
  context: AuthenticationContext,
): { id: string; secret: string } {
  if (id === undefined && secret === undefined) throw missing('client credentials', CREDENTIAL_FLAGS, context);
  if (id === undefined) throw missing('a client id', '--client-id ID', context);
  if (secret === undefined) throw missing('a client secret', '--client-secret env:CLIENT_SECRET', context);
  return { id, secret };
}

const CREDENTIAL_FLAGS = '--client-id ID --client-secret env:CLIENT_SECRET';

function missing(what: string, flags: string, { endpoint }: AuthenticationContext): TokctlError {
  return new TokctlError(
    'ERR_CLIENT_CREDENTIALS_MISSING',
    `expected ${what} to ask \`${endpoint.origin}${endpoint.pathname}\` with, got none`,
    { hint: `give them: ${flags}; for an endpoint that asks for none: --client-auth none` },
  );
}

/** application/x-www-form-urlencoded, as RFC 6749 appendix B has it. */
export const formEncode = (text: string): string =>
  /^[\w.*-]*$/.test(text) ? text : new URLSearchParams({ v: text }).toString().slice(2);
