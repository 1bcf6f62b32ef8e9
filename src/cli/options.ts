// Every option, once: flags, TOKCTL_ variables, profile keys, help and docs are all made of this table (contract §6).

export type OptionGroup =
  | 'trust'
  | 'expectation'
  | 'introspection'
  | 'client'
  | 'network'
  | 'output'
  | 'batch'
  | 'keys'
  | 'check'
  | 'doctor'
  | 'demo'
  | 'general';

/**
 * How a value is read. `list`: repeat or comma. `duration`: 30s 5m 12h 7d, seconds if bare. `source`: a secret source
 * (`env:` `file:` `cmd:` `-` or a literal). `file`: a path. `keys`: a URL, a file or `-`.
 */
export type OptionKind =
  | 'text'
  | 'url'
  | 'list'
  | 'texts'
  | 'duration'
  | 'time'
  | 'count'
  | 'integer'
  | 'flag'
  | 'choice'
  | 'source'
  | 'file'
  | 'keys';

export interface OptionDefinition {
  readonly name: string;
  readonly group: OptionGroup;
  readonly kind: OptionKind;
  readonly help: string;
  readonly short?: string;
  /** Placeholder in the help, such as `<url>`; derived from the kind if absent. */
  readonly placeholder?: string;
  readonly choices?: readonly string[];
  /** The default in words or as value; shown in help and by `config show`. */
  readonly default?: string;
  /** False: cannot stand in a profile. */
  readonly inProfile?: false;
  /** False: has no TOKCTL_ variable. */
  readonly inEnvironment?: false;
}

const CLIENT_AUTH_METHODS = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
  'none',
] as const;

const KINDS = [
  'access_token',
  'id_token',
  'refresh_token',
  'logout_token',
  'security_event',
  'dpop_proof',
  'client_assertion',
  'introspection_response',
  'sd_jwt',
  'jarm_response',
  'request_object',
  'unknown',
] as const;

export const OPTIONS: readonly OptionDefinition[] = [
  // keys and trust
  { name: 'issuer', group: 'trust', kind: 'url', help: 'the issuer to trust; its metadata names keys and endpoints' },
  {
    name: 'metadata-url',
    group: 'trust',
    kind: 'url',
    help: 'fetch the metadata here and not at the well-known locations',
  },
  { name: 'jwks', group: 'trust', kind: 'keys', help: 'a JWK Set: URL, file or - for stdin; no discovery then' },
  { name: 'key', group: 'trust', kind: 'file', help: 'one public key: PEM or JWK file', placeholder: '<file>' },
  { name: 'secret', group: 'trust', kind: 'source', help: 'the shared secret of an HS256, HS384 or HS512 token' },
  {
    name: 'alg',
    group: 'trust',
    kind: 'list',
    help: 'allowed signature algorithms (default: RS, PS, ES 256-512, EdDSA, Ed25519)',
    placeholder: '<list>',
  },
  { name: 'trust-iss', group: 'trust', kind: 'flag', help: "trust the token's own iss for this run" },
  {
    name: 'allow-endpoint-origin',
    group: 'trust',
    kind: 'list',
    help: 'another origin that may get credentials',
    placeholder: '<origin>',
  },
  // expectations
  { name: 'audience', group: 'expectation', kind: 'list', help: 'audiences, of which one must match aud' },
  { name: 'scope', group: 'expectation', kind: 'list', help: 'scopes that must all be granted' },
  {
    name: 'expect',
    group: 'expectation',
    kind: 'choice',
    choices: KINDS,
    help: 'the kind the token must be',
    placeholder: '<kind>',
  },
  { name: 'typ', group: 'expectation', kind: 'text', help: 'the typ its header must have, such as at+jwt' },
  {
    name: 'claim',
    group: 'expectation',
    kind: 'texts',
    help: 'a claim that must have that value (repeatable)',
    placeholder: '<name=value>',
  },
  {
    name: 'require-claim',
    group: 'expectation',
    kind: 'list',
    help: 'claims that must be there',
    placeholder: '<list>',
  },
  { name: 'min-ttl', group: 'expectation', kind: 'duration', help: 'how long it must still be valid' },
  { name: 'max-age', group: 'expectation', kind: 'duration', help: 'how long ago it may have been issued (iat)' },
  { name: 'nonce', group: 'expectation', kind: 'text', help: 'the nonce an ID token must carry' },
  {
    name: 'access-token',
    group: 'expectation',
    kind: 'source',
    help: 'the access token that at_hash must belong to',
    placeholder: '<token>',
  },
  {
    name: 'code',
    group: 'expectation',
    kind: 'source',
    help: 'the authorization code that c_hash must belong to',
    placeholder: '<code>',
  },
  {
    name: 'dpop-proof',
    group: 'expectation',
    kind: 'source',
    help: 'the DPoP proof that came with the token (RFC 9449)',
    placeholder: '<jwt>',
  },
  { name: 'dpop-method', group: 'expectation', kind: 'text', help: 'the HTTP method the proof must name' },
  { name: 'dpop-url', group: 'expectation', kind: 'url', help: 'the URL the proof must name' },
  {
    name: 'client-cert',
    group: 'expectation',
    kind: 'file',
    help: 'the client certificate that cnf must belong to (RFC 8705)',
    placeholder: '<file>',
  },
  { name: 'clock-tolerance', group: 'expectation', kind: 'duration', help: 'how far clocks may differ', default: '0s' },
  { name: 'at', group: 'expectation', kind: 'time', help: 'judge as of that time (RFC 3339 or seconds since 1970)' },
  {
    name: 'strict',
    group: 'expectation',
    kind: 'flag',
    help: 'warnings, and skipped issuer, audience, expiry or kind checks, fail',
  },
  // introspection
  {
    name: 'mode',
    group: 'introspection',
    kind: 'choice',
    choices: ['auto', 'local', 'remote', 'both'],
    help: 'verify here, ask the server, or both',
    default: 'auto',
    placeholder: '<mode>',
  },
  {
    name: 'introspection-endpoint',
    group: 'introspection',
    kind: 'url',
    help: 'the introspection endpoint (RFC 7662)',
  },
  {
    name: 'token-type-hint',
    group: 'introspection',
    kind: 'text',
    help: 'token_type_hint to send; none by default',
    placeholder: '<hint>',
  },
  {
    name: 'accept',
    group: 'introspection',
    kind: 'choice',
    choices: ['json', 'jwt'],
    help: 'the form of the answer; jwt is signed (RFC 9701)',
    default: 'json',
    placeholder: '<form>',
  },
  // client authentication
  { name: 'client-id', group: 'client', kind: 'text', help: 'the client that asks' },
  { name: 'client-secret', group: 'client', kind: 'source', help: 'its secret: env:NAME, file:PATH, cmd:COMMAND or -' },
  {
    name: 'client-auth',
    group: 'client',
    kind: 'choice',
    choices: CLIENT_AUTH_METHODS,
    help: 'how it authenticates',
    placeholder: '<method>',
  },
  {
    name: 'client-key',
    group: 'client',
    kind: 'file',
    help: 'its private key: PEM, JWK or JWK Set',
    placeholder: '<file>',
  },
  {
    name: 'client-key-alg',
    group: 'client',
    kind: 'text',
    help: 'the algorithm of its assertions',
    placeholder: '<alg>',
  },
  {
    name: 'client-assertion-audience',
    group: 'client',
    kind: 'text',
    help: 'aud of its assertions: issuer, token, introspection or a URL',
    placeholder: '<audience>',
  },
  {
    name: 'basic-encoding',
    group: 'client',
    kind: 'choice',
    choices: ['form', 'raw'],
    help: 'form-encode id and secret for Basic (RFC 6749 §2.3.1) or not',
    default: 'form',
    placeholder: '<form|raw>',
  },
  {
    name: 'bearer',
    group: 'client',
    kind: 'source',
    help: 'ask with this access token in place of client credentials',
  },
  {
    name: 'bearer-grant',
    group: 'client',
    kind: 'choice',
    choices: ['client_credentials'],
    help: 'get that access token first',
    placeholder: '<grant>',
  },
  { name: 'bearer-scope', group: 'client', kind: 'list', help: 'scopes of that access token' },
  { name: 'bearer-resource', group: 'client', kind: 'text', help: 'resource of that access token (RFC 8707)' },
  // network
  {
    name: 'timeout',
    group: 'network',
    kind: 'duration',
    help: 'the longest one exchange may take, retries included',
    default: '10s',
  },
  {
    name: 'retry',
    group: 'network',
    kind: 'integer',
    help: 'how often a request is tried again after a passing fault',
    default: '2',
    placeholder: '<n>',
  },
  {
    name: 'tls-ca',
    group: 'network',
    kind: 'file',
    help: 'more CA certificates to trust (PEM)',
    placeholder: '<file>',
  },
  {
    name: 'tls-cert',
    group: 'network',
    kind: 'file',
    help: 'client certificate for TLS (PEM or PKCS#12)',
    placeholder: '<file>',
  },
  { name: 'tls-key', group: 'network', kind: 'file', help: 'its private key (PEM)', placeholder: '<file>' },
  {
    name: 'header',
    group: 'network',
    kind: 'texts',
    help: 'a header for every request (repeatable)',
    placeholder: '<name: value>',
  },
  { name: 'offline', group: 'network', kind: 'flag', help: 'no network at all' },
  {
    name: 'cache',
    group: 'network',
    kind: 'duration',
    help: 'keep metadata and key sets on disk that long; doctor and checks of an issuer never use them',
    default: '0s',
  },
  { name: 'insecure-http', group: 'network', kind: 'flag', help: 'allow http beyond loopback' },
  { name: 'insecure-tls', group: 'network', kind: 'flag', help: 'accept any server certificate' },
  // output
  {
    name: 'output',
    short: 'o',
    group: 'output',
    kind: 'choice',
    choices: ['table', 'json', 'ndjson', 'markdown', 'junit', 'github', 'nagios', 'openmetrics'],
    help: 'the form of the result',
    default: 'table',
    placeholder: '<format>',
  },
  { name: 'json', group: 'output', kind: 'flag', help: 'the same as -o json', inProfile: false, inEnvironment: false },
  {
    name: 'quiet',
    short: 'q',
    group: 'output',
    kind: 'flag',
    help: 'print nothing; the exit code speaks',
    inProfile: false,
  },
  {
    name: 'verbose',
    short: 'v',
    group: 'output',
    kind: 'flag',
    help: 'show each exchange on stderr',
    inProfile: false,
  },
  {
    name: 'color',
    group: 'output',
    kind: 'choice',
    choices: ['auto', 'always', 'never'],
    help: 'colour',
    default: 'auto',
    placeholder: '<when>',
  },
  {
    name: 'tz',
    group: 'output',
    kind: 'text',
    help: 'also show times in that zone, such as Europe/Berlin or local',
    placeholder: '<zone>',
  },
  {
    name: 'show-request',
    group: 'output',
    kind: 'flag',
    help: 'print the introspection request as a curl command on stderr',
    inProfile: false,
  },
  {
    name: 'select',
    group: 'output',
    kind: 'text',
    help: 'print one value of the report, raw',
    placeholder: '<path>',
    inProfile: false,
    inEnvironment: false,
  },
  {
    name: 'pick',
    group: 'batch',
    kind: 'text',
    help: 'which token of a token-endpoint response',
    placeholder: '<member>',
    inProfile: false,
  },
  {
    name: 'pem',
    group: 'keys',
    kind: 'flag',
    help: 'print the keys as PEM',
    inProfile: false,
    inEnvironment: false,
  },
  // batch
  {
    name: 'from',
    group: 'batch',
    kind: 'file',
    help: 'tokens from a file or - for stdin: one token or JSON object a line',
    placeholder: '<file|->',
    inProfile: false,
    inEnvironment: false,
  },
  {
    name: 'concurrency',
    group: 'batch',
    kind: 'integer',
    help: 'how many at the same time',
    default: '8',
    placeholder: '<n>',
  },
  {
    name: 'only',
    group: 'batch',
    kind: 'choice',
    choices: ['active', 'inactive', 'unknown'],
    help: 'print only the reports of that verdict',
    placeholder: '<verdict>',
    inProfile: false,
  },
  { name: 'brief', group: 'batch', kind: 'flag', help: 'one flat line a token', inProfile: false },
  {
    name: 'shard',
    group: 'batch',
    kind: 'text',
    help: 'this share of the lines, such as 1/4',
    placeholder: '<i/n>',
    inProfile: false,
  },
  // check
  {
    name: 'file',
    group: 'check',
    kind: 'file',
    help: 'the file with the checks',
    default: 'tokctl.yaml',
    placeholder: '<path>',
    inProfile: false,
    inEnvironment: false,
  },
  {
    name: 'tag',
    group: 'check',
    kind: 'list',
    help: 'only checks with one of these tags',
    placeholder: '<list>',
    inProfile: false,
    inEnvironment: false,
  },
  {
    name: 'report',
    group: 'check',
    kind: 'texts',
    help: 'write a report to a file too, such as junit=report.xml (repeatable)',
    placeholder: '<form=path>',
    inProfile: false,
    inEnvironment: false,
  },
  {
    name: 'watch',
    group: 'check',
    kind: 'duration',
    help: 'run the checks again and again with this pause, until Ctrl-C',
    placeholder: '<interval>',
    inProfile: false,
    inEnvironment: false,
  },
  {
    name: 'serve',
    group: 'check',
    kind: 'text',
    help: 'answer /metrics and /probe?check=name on that address; without a host on loopback',
    placeholder: '<address>',
    inProfile: false,
    inEnvironment: false,
  },
  {
    name: 'record',
    group: 'check',
    kind: 'flag',
    help: 'write the baselines of issuer checks anew in place of comparing',
    inProfile: false,
    inEnvironment: false,
  },
  {
    name: 'token',
    group: 'check',
    kind: 'source',
    help: 'the token to check: env:NAME, file:PATH, client_credentials, github, gitlab:NAME or kubernetes',
    placeholder: '<source>',
    inProfile: false,
    inEnvironment: false,
  },
  {
    name: 'active',
    group: 'check',
    kind: 'choice',
    choices: ['true', 'false'],
    help: 'whether the token must be active, or must be refused',
    default: 'true',
    placeholder: '<true|false>',
    inProfile: false,
    inEnvironment: false,
  },
  {
    name: 'claim-matches',
    group: 'check',
    kind: 'texts',
    help: 'a claim that must match a regular expression (repeatable)',
    placeholder: '<name=regex>',
    inProfile: false,
    inEnvironment: false,
  },
  {
    name: 'warn-ttl',
    group: 'check',
    kind: 'duration',
    help: 'warn when it expires sooner than that',
    inProfile: false,
    inEnvironment: false,
  },
  {
    name: 'max-latency',
    group: 'check',
    kind: 'duration',
    help: 'how long each answer of a server may take',
    inProfile: false,
    inEnvironment: false,
  },
  {
    name: 'resource',
    group: 'check',
    kind: 'url',
    help: 'a protected resource: it must open to a good token and to nothing else',
    inProfile: false,
    inEnvironment: false,
  },
  {
    name: 'dead-token',
    group: 'check',
    kind: 'source',
    help: 'a token that the resource must refuse; one is made up by default',
    inProfile: false,
    inEnvironment: false,
  },
  {
    name: 'server',
    group: 'check',
    kind: 'flag',
    help: 'check the issuer itself: its metadata, its keys, and what the options below say',
    inProfile: false,
    inEnvironment: false,
  },
  {
    name: 'min-keys',
    group: 'check',
    kind: 'integer',
    help: 'how many keys for signatures the issuer must publish',
    placeholder: '<n>',
    inProfile: false,
    inEnvironment: false,
  },
  {
    name: 'key-alg',
    group: 'check',
    kind: 'list',
    help: 'the algorithms its keys must be for: each of them, and no other',
    placeholder: '<list>',
    inProfile: false,
    inEnvironment: false,
  },
  {
    name: 'baseline',
    group: 'check',
    kind: 'file',
    help: 'what was recorded of the issuer, to compare with; doctor records it if the file is not there',
    placeholder: '<file>',
    inProfile: false,
    inEnvironment: false,
  },
  {
    name: 'refuses-anonymous',
    group: 'check',
    kind: 'flag',
    help: 'its introspection endpoint must refuse callers without credentials',
    inProfile: false,
    inEnvironment: false,
  },
  {
    name: 'min-certificate-ttl',
    group: 'check',
    kind: 'duration',
    help: 'how long the certificate of its host must still be valid',
    inProfile: false,
    inEnvironment: false,
  },
  // demo
  {
    name: 'port',
    group: 'demo',
    kind: 'text',
    help: 'the port on loopback; 0 means any free one',
    default: '8080, or the next free one',
    placeholder: '<n>',
    inProfile: false,
    inEnvironment: false,
  },
  {
    name: 'tour',
    group: 'demo',
    kind: 'flag',
    help: 'run tokctl against good and bad tokens, show each result, and exit',
    inProfile: false,
    inEnvironment: false,
  },
  // general
  {
    name: 'profile',
    short: 'p',
    group: 'general',
    kind: 'text',
    help: 'a profile of the configuration file',
    placeholder: '<name>',
    inProfile: false,
  },
  {
    name: 'config',
    group: 'general',
    kind: 'file',
    help: 'the configuration file',
    placeholder: '<file>',
    inProfile: false,
  },
];

/** The option of that name. @throws Error for a name that is not in the table, which is a bug. */
export function optionNamed(name: string): OptionDefinition {
  const found = OPTIONS.find((option) => option.name === name);
  if (found === undefined) throw new Error(`no option is called ${name}`);
  return found;
}

/** The environment variable of an option, such as TOKCTL_CLIENT_ID. */
export const variableOf = (name: string): string => `TOKCTL_${name.toUpperCase().replaceAll('-', '_')}`;
