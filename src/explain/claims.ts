// What the claims, introspection members and JOSE header members that are met in the field mean.
// Meanings fit the column of a table (at most 45 characters); the long texts stand in claim-notes.ts.
// Names come from tokens: look them up with `meaningOfClaim`, never by indexing.

export type ClaimPlace = 'jwt' | 'introspection' | 'both' | 'header';

export interface ClaimEntry {
  readonly meaning: string;
  /** The specification, or the product, that defines it. */
  readonly spec: string;
  readonly where?: ClaimPlace;
}

type Rows = Readonly<Record<string, string | readonly [meaning: string, spec: string]>>;

/** Entries that share a place and, where a row names none itself, a source. */
interface Group {
  readonly spec: string;
  readonly where: ClaimPlace;
  readonly rows: Rows;
}

const entries = (spec: string, where: ClaimPlace, rows: Rows): Group => ({ spec, where, rows });

const CORE = [
  entries('RFC 7519', 'both', {
    iss: ['issuer, who made the token', 'RFC 7519 §4.1.1, RFC 7662 §2.2'],
    sub: ['subject, unique within the issuer', 'RFC 7519 §4.1.2, RFC 7662 §2.2'],
    aud: ['audience, for whom the token is', 'RFC 7519 §4.1.3, RFC 7662 §2.2'],
    exp: ['expiry, invalid from then on', 'RFC 7519 §4.1.4, RFC 7662 §2.2'],
    nbf: ['not valid before', 'RFC 7519 §4.1.5, RFC 7662 §2.2'],
    iat: ['issued at', 'RFC 7519 §4.1.6, RFC 7662 §2.2'],
    jti: ['id of this token', 'RFC 7519 §4.1.7, RFC 7662 §2.2'],
    scope: ['granted scopes', 'RFC 8693 §4.2, RFC 9068 §2.2.3, RFC 7662 §2.2'],
    client_id: ['client the token was issued to', 'RFC 8693 §4.3, RFC 9068 §2.2, RFC 7662 §2.2'],
    username: ['name of the user, for people to read', 'RFC 7662 §2.2'],
    cnf: ['key that the token is bound to', 'RFC 7800 §3.1, RFC 8705 §3.1, RFC 9449 §6'],
    act: ['who acts in place of the subject', 'RFC 8693 §4.1'],
    may_act: ['who is allowed to act for the subject', 'RFC 8693 §4.4'],
    authorization_details: ['what exactly was granted', 'RFC 9396 §9'],
    roles: ['roles of the subject', 'RFC 9068 §2.2.3.1'],
    groups: ['groups of the subject', 'RFC 9068 §2.2.3.1'],
    entitlements: ['entitlements of the subject', 'RFC 9068 §2.2.3.1'],
    auth_time: ['when the user last authenticated', 'OpenID Connect Core §2, RFC 9470'],
    acr: ['authentication context that was reached', 'OpenID Connect Core §2, RFC 9470'],
  }),
  entries('RFC 7662 §2.2', 'introspection', {
    active: 'whether the token is active',
    token_type: ['how the token is presented', 'RFC 7662 §2.2, RFC 6749 §5.1'],
  }),
  entries('RFC 9701 §5', 'jwt', { token_introspection: 'introspection answer inside a signed JWT' }),
];

const OPENID = [
  entries('OpenID Connect Core §2', 'jwt', {
    nonce: 'value of the authorization request, again',
    amr: ['authentication methods used', 'OpenID Connect Core §2, RFC 8176'],
    azp: 'authorized party, the client',
    at_hash: ['hash of the access token beside it', 'OpenID Connect Core §3.1.3.6'],
    c_hash: ['hash of the authorization code', 'OpenID Connect Core §3.3.2.11'],
    s_hash: ['hash of the state value', 'OpenID FAPI 1.0 Advanced'],
    sub_jwk: ['key of a self-issued subject', 'OpenID Connect Core §7.4'],
    verified_claims: ['claims with proof of their verification', 'OpenID Connect for Identity Assurance'],
    _claim_names: ['claims that another source holds', 'OpenID Connect Core §5.6.2'],
    _claim_sources: ['where those claims can be fetched', 'OpenID Connect Core §5.6.2'],
  }),
  entries('OpenID Connect Back-Channel Logout, Front-Channel Logout', 'both', { sid: 'session id' }),
  entries('OpenID Connect Core §5.1', 'both', {
    name: 'full name',
    given_name: 'given name',
    family_name: 'family name',
    middle_name: 'middle name',
    nickname: 'nickname',
    preferred_username: 'user name for display, not unique',
    profile: 'URL of the profile page',
    picture: 'URL of the picture',
    website: 'URL of the web page',
    email: 'e-mail address',
    email_verified: 'whether the e-mail address was verified',
    gender: 'gender',
    birthdate: 'date of birth',
    zoneinfo: 'time zone',
    locale: 'language and region',
    phone_number: 'telephone number',
    phone_number_verified: 'whether the number was verified',
    address: ['postal address', 'OpenID Connect Core §5.1.1'],
    updated_at: 'when the profile last changed',
  }),
];

const EXTENSIONS = [
  entries('RFC 8417 §2.2', 'jwt', {
    events: 'security events, by URI',
    toe: 'time of the event',
    txn: 'transaction id',
    sub_id: ['subject in another form', 'RFC 9493'],
  }),
  entries('RFC 9449 §4.2', 'jwt', {
    htm: 'HTTP method of the proof',
    htu: 'URL of the proof, no query or fragment',
    ath: 'hash of the access token of the proof',
  }),
  entries('RFC 9101, RFC 6749 §4.1.1', 'jwt', {
    response_type: 'what the authorization endpoint shall return',
    response_mode: ['how the answer shall come back', 'OAuth 2.0 Multiple Response Types, OpenID'],
    redirect_uri: 'where the answer shall go',
    state: 'value that the answer must repeat',
    code_challenge: ['PKCE challenge', 'RFC 7636 §4.3'],
    code_challenge_method: ['how the PKCE challenge was made', 'RFC 7636 §4.3'],
    resource: ['protected resource asked for', 'RFC 8707 §2'],
    acr_values: ['authentication contexts asked for', 'OpenID Connect Core §3.1.2.1'],
    prompt: ['whether the user must be asked', 'OpenID Connect Core §3.1.2.1'],
    max_age: ['longest time since authentication', 'OpenID Connect Core §3.1.2.1'],
    code: ['authorization code in a signed response', 'OpenID FAPI JARM'],
  }),
  entries('RFC 9901', 'jwt', {
    _sd: 'digests of hidden claims',
    _sd_alg: 'hash of those digests',
    sd_hash: 'hash of the SD-JWT shown',
    vct: ['type of the credential', 'IETF SD-JWT VC'],
    vc: ['verifiable credential', 'W3C Verifiable Credentials'],
    vp: ['verifiable presentation', 'W3C Verifiable Credentials'],
    status: ['place in a status list, or a state in words', 'IETF Token Status List'],
  }),
  entries('RFC 8485', 'jwt', { vot: 'vector of trust', vtm: 'trustmark of the vector' }),
  entries('OpenID Federation', 'jwt', {
    authority_hints: 'superior entities of the federation',
    metadata: 'metadata of the entity',
    jwks: 'keys of the entity',
    trust_marks: 'trust marks of the entity',
  }),
  entries('RFC 8225', 'jwt', {
    orig: 'calling number (PASSporT)',
    dest: 'called number (PASSporT)',
    attest: ['attestation level of the call', 'RFC 8588'],
  }),
];

const KEYCLOAK = entries('Keycloak', 'both', {
  typ: 'kind of the token, at Keycloak',
  realm_access: 'roles of the realm',
  resource_access: 'roles at each client',
  session_state: 'session id, older name of sid',
  'allowed-origins': 'web origins of the client',
  authorization: 'UMA permissions',
  'trusted-certs': 'certificates trusted',
  category: 'internal category of the token',
});

const ENTRA = entries('Microsoft Entra ID', 'jwt', {
  ver: ['version of the token format', 'Microsoft Entra ID, Okta'],
  tid: ['tenant', 'Microsoft Entra ID, FusionAuth'],
  oid: 'object id of the user or service principal',
  appid: 'client, in tokens of version 1.0',
  appidacr: 'how the client authenticated, version 1.0',
  azpacr: 'how the client authenticated, version 2.0',
  wids: 'administrator roles of the tenant',
  hasgroups: 'too many groups to be listed',
  idtyp: 'app for a token without a user',
  upn: 'user principal name, for display only',
  unique_name: 'user name for display, version 1.0',
  ipaddr: 'address of the client at sign-in',
  deviceid: 'device',
  acct: 'member (0) or guest (1)',
  acrs: 'authentication contexts satisfied',
  xms_cc: 'capabilities of the client',
  xms_tcdt: 'when the tenant was created',
  xms_mirid: 'resource id of the managed identity',
  xms_pl: 'preferred language of the user',
  xms_tpl: 'preferred language of the tenant',
  xms_edov: 'whether the e-mail domain is verified',
  xms_idrel: 'relation of the user to the tenant',
  xms_ftd: 'internal to Entra',
  uti: 'token id in the sign-in log',
  aio: 'internal to Entra',
  rh: 'internal to Entra',
  ctry: 'country of the user',
  tenant_ctry: 'country of the tenant',
  tenant_region_scope: 'region of the tenant',
  pwd_exp: 'when the password expires',
  pwd_url: 'where to change the password',
  signin_state: 'state of the sign-in',
  in_corp: 'sign-in from the corporate network',
  onprem_sid: 'security identifier on premises',
  puid: 'internal user id of Microsoft',
  login_hint: 'hint for the sign-in page',
  fwd: 'original address of the client',
  verified_primary_email: 'verified main e-mail addresses',
  vnet: 'virtual network',
  tfp: ['user flow of the sign-in', 'Azure AD B2C'],
  emails: ['e-mail addresses', 'Azure AD B2C'],
  newUser: ['whether the user was new', 'Azure AD B2C'],
});

const OKTA_AUTH0 = [
  entries('Okta', 'both', {
    cid: ['client', 'Okta, Cloud Foundry UAA'],
    uid: 'user id',
    scp: ['granted scopes', 'Okta, Microsoft Entra ID, Ory Hydra'],
    idp: ['identity provider that signed the user in', 'Okta, Microsoft Entra ID, Duende IdentityServer'],
    device_id: 'device',
  }),
  entries('Auth0', 'jwt', {
    gty: ['grant type', 'Auth0, FusionAuth'],
    permissions: 'permissions granted',
    org_id: ['organization', 'Auth0, Clerk, WSO2'],
    org_name: ['name of the organization', 'Auth0, WSO2'],
  }),
];

const COGNITO = entries('Amazon Cognito', 'jwt', {
  token_use: ['kind of the token', 'Amazon Cognito, Ory Hydra, Dex'],
  'cognito:username': 'user name',
  'cognito:groups': 'groups of the user',
  'cognito:roles': 'IAM roles of the user',
  'cognito:preferred_role': 'IAM role taken first',
  origin_jti: 'id shared by all tokens of one sign-in',
  event_id: 'sign-in event',
  device_key: 'remembered device',
  identities: 'linked identity providers',
  version: 'version of the token format',
});

const GOOGLE = [
  entries('Google', 'jwt', {
    hd: 'Google Workspace domain',
    firebase: ['provider and tenant of the sign-in', 'Firebase Authentication'],
  }),
  entries('Google tokeninfo', 'introspection', {
    issued_to: 'client, older name of azp',
    audience: 'audience, older name of aud',
    user_id: ['user', 'Google tokeninfo, Firebase, Slack'],
    expires_in: ['seconds until it expires', 'Google tokeninfo, RFC 6749 §5.1'],
    access_type: 'online, or offline with a refresh token',
  }),
];

const WORKLOADS = [
  entries('Kubernetes service account tokens', 'jwt', {
    'kubernetes.io': 'namespace, pod and service account',
    warnafter: 'when a new token should have been taken',
  }),
  entries('GitHub Actions OpenID Connect', 'jwt', {
    repository: 'repository of the workflow',
    repository_owner: 'owner of the repository',
    repository_id: 'number of the repository',
    repository_visibility: 'public, internal or private',
    ref: ['git ref of the run', 'GitHub Actions OpenID Connect, GitLab CI'],
    ref_type: ['branch or tag', 'GitHub Actions OpenID Connect, GitLab CI'],
    sha: ['git commit of the run', 'GitHub Actions OpenID Connect, GitLab CI'],
    workflow: 'workflow of the run',
    workflow_ref: 'workflow file and its ref',
    job_workflow_ref: 'reusable workflow and its ref',
    run_id: 'run of the workflow',
    run_attempt: 'how often the run was tried',
    environment: ['environment of the deployment', 'GitHub Actions OpenID Connect, GitLab CI'],
    actor: 'who started the run',
    event_name: 'event that started the run',
    head_ref: 'source branch of the pull request',
    base_ref: 'target branch of the pull request',
    runner_environment: ['who hosts the runner', 'GitHub Actions OpenID Connect, GitLab CI'],
  }),
  entries('GitLab CI', 'jwt', {
    namespace_path: 'group or user of the project',
    namespace_id: 'number of the group or user',
    project_path: 'project of the job',
    project_id: 'number of the project',
    pipeline_id: 'pipeline',
    pipeline_source: 'what started the pipeline',
    job_id: 'job',
    ref_protected: 'whether the ref is protected',
    user_login: 'who started the job',
    user_email: 'e-mail address of who started the job',
  }),
];

const OTHERS = [
  entries('Ory Hydra, Dex', 'both', {
    ext: 'custom claims',
    obfuscated_subject: ['pairwise subject', 'Ory Hydra'],
    federated_claims: ['identity at the upstream provider', 'Dex'],
  }),
  entries('Zitadel', 'jwt', {
    'urn:zitadel:iam:org:project:roles': 'project roles, by organization',
    'urn:zitadel:iam:user:metadata': 'metadata of the user, in base64',
    'urn:zitadel:iam:org:id': 'organization',
  }),
  entries('Logto', 'jwt', {
    organization_id: 'organization',
    organizations: 'organizations of the user',
    organization_roles: 'roles in each organization',
  }),
  entries('WSO2', 'both', {
    aut: 'application or application user',
    binding_type: 'what the token is bound to',
    binding_ref: 'reference of that binding',
    isk: 'internal session key reference',
  }),
  entries('PingAM', 'both', {
    tokenName: 'kind of the token',
    grant_type: ['grant that gave the token', 'PingAM, Cloud Foundry UAA'],
    auth_level: 'authentication level reached',
    realm: 'realm',
    auditTrackingId: 'id in the audit log',
    authGrantId: 'id of the grant',
    cts: 'kind of the entry in the token store',
    subname: 'name of the subject in its realm',
  }),
  entries('PingFederate', 'both', {
    'pi.atm': 'access token manager',
    'pi.sri': 'session reference',
    env: ['environment', 'PingOne'],
    org: ['organization', 'PingOne'],
  }),
  entries('Cloud Foundry UAA', 'both', {
    zid: 'identity zone',
    rev_sig: 'signature that revocation compares',
    user_name: 'user name',
    origin: 'identity provider of the user',
    authorities: ['rights of the client or user', 'Cloud Foundry UAA, Spring'],
    az_attr: 'attributes of the authorization',
    ext_attr: ['details of the service instance', 'SAP XSUAA'],
    'xs.user.attributes': ['attributes of the user', 'SAP XSUAA'],
  }),
  entries('FusionAuth', 'jwt', {
    applicationId: 'application',
    authenticationType: 'how the user authenticated',
  }),
  entries('Glewlwyd', 'jwt', {
    type: ['kind of the token', 'Glewlwyd, Cloudflare Access'],
    claims_request: 'claims asked for',
  }),
  entries('Cloudflare Access', 'jwt', {
    identity_nonce: 'key of the cached identity',
    country: 'country of the sign-in',
    common_name: 'client id of a service token',
    custom: 'custom claims',
  }),
  entries('LinkedIn', 'introspection', {
    created_at: 'when the token was created',
    authorized_at: 'when the user consented',
    expires_at: 'when the token expires',
    auth_type: 'two-legged or three-legged grant',
  }),
  entries('Slack auth.test', 'introspection', {
    ok: 'whether the call succeeded',
    team_id: 'workspace',
    bot_id: 'bot',
  }),
  entries('Supabase', 'jwt', {
    role: 'database role',
    aal: 'authentication assurance level',
    session_id: 'session',
    app_metadata: 'metadata set by the application',
    user_metadata: 'metadata the user can change',
    is_anonymous: 'user without a sign-up',
  }),
  entries('Clerk', 'jwt', {
    o: 'active organization',
    org_role: 'role in the organization',
    fva: 'age of first and second factor, in minutes',
    sts: 'state of the session',
  }),
  entries('Apple', 'jwt', {
    is_private_email: 'relay address in place of the real one',
    nonce_supported: 'whether nonce can be relied on',
    real_user_status: 'how likely a real person',
    transfer_sub: 'subject during a transfer of the app',
  }),
  entries('SMART on FHIR', 'both', {
    fhirUser: 'FHIR resource of the user',
    patient: 'patient in context',
    encounter: 'encounter in context',
    need_patient_banner: 'whether to show the patient banner',
    launch: 'launch context',
  }),
  entries('WLCG Common JWT Profiles', 'jwt', {
    'wlcg.ver': 'version of the WLCG profile',
    'wlcg.groups': 'groups in the grid',
  }),
  entries('OpenID research federations (REFEDS, AARC)', 'both', {
    eduperson_entitlement: 'entitlements in the federation',
    eduperson_scoped_affiliation: 'affiliation with its organization',
    eduperson_principal_name: 'scoped user name',
    voperson_id: 'identifier in the collaboration',
    schac_home_organization: 'home organization',
  }),
];

/** Where several groups have a name, the last one counts. */
const CLAIMS: readonly Group[] = [
  ...CORE,
  ...OPENID,
  ...EXTENSIONS,
  KEYCLOAK,
  ENTRA,
  ...OKTA_AUTH0,
  COGNITO,
  ...GOOGLE,
  ...WORKLOADS,
  ...OTHERS,
];

/** Members of the JOSE header. Some share their name with a claim and mean something else there. */
const HEADER_MEMBERS: Group = entries('RFC 7515', 'header', {
  alg: ['signature or key management algorithm', 'RFC 7515 §4.1.1, RFC 7516 §4.1.1, RFC 7518'],
  jku: ['URL of a key set, never followed', 'RFC 7515 §4.1.2'],
  jwk: ['key inside the token, never trusted', 'RFC 7515 §4.1.3'],
  kid: ['name of the key', 'RFC 7515 §4.1.4'],
  x5u: ['URL of a certificate, never followed', 'RFC 7515 §4.1.5'],
  x5c: ['certificate chain, never trusted', 'RFC 7515 §4.1.6'],
  x5t: ['SHA-1 thumbprint of the certificate', 'RFC 7515 §4.1.7'],
  'x5t#S256': ['SHA-256 thumbprint of the certificate', 'RFC 7515 §4.1.8'],
  typ: ['media type, which tells the kind', 'RFC 7515 §4.1.9, RFC 7519 §5.1, RFC 8725 §3.11'],
  cty: ['media type of the content', 'RFC 7515 §4.1.10, RFC 7519 §5.2'],
  crit: ['extensions that must be understood', 'RFC 7515 §4.1.11'],
  b64: ['whether the payload is base64url', 'RFC 7797 §3'],
  enc: ['content encryption algorithm', 'RFC 7516 §4.1.2'],
  zip: ['compression before encryption', 'RFC 7516 §4.1.3'],
  epk: ['ephemeral public key', 'RFC 7518 §4.6.1.1'],
  apu: ['party U of the key agreement', 'RFC 7518 §4.6.1.2'],
  apv: ['party V of the key agreement', 'RFC 7518 §4.6.1.3'],
  iv: ['initialization vector of the key wrap', 'RFC 7518 §4.7.1.1'],
  tag: ['authentication tag of the key wrap', 'RFC 7518 §4.7.1.2'],
  p2s: ['salt of the password', 'RFC 7518 §4.8.1.1'],
  p2c: ['iterations of the password hash', 'RFC 7518 §4.8.1.2'],
  nonce: ['mark of Microsoft Graph; anti-replay in ACME', 'Microsoft Graph, RFC 8555 §6.5.2'],
  url: ['URL the message is for, in ACME', 'RFC 8555 §6.4.1'],
  trust_chain: ['chain of entity statements', 'OpenID Federation'],
  ppt: ['PASSporT extension', 'RFC 8225 §8.1'],
});

/** Claims whose names have a fixed beginning, or hold the name of a project. */
export const CLAIM_FAMILIES: readonly (ClaimEntry & { readonly pattern: RegExp; readonly spelling: string })[] = [
  {
    spelling: 'custom:*',
    pattern: /^custom:./,
    meaning: 'custom attribute',
    spec: 'Amazon Cognito',
    where: 'jwt',
  },
  {
    spelling: 'extension_*',
    pattern: /^extension_./,
    meaning: 'custom attribute of the directory',
    spec: 'Microsoft Entra ID, Azure AD B2C',
    where: 'jwt',
  },
  { spelling: 'xms_*', pattern: /^xms_./, meaning: 'internal to Entra', spec: 'Microsoft Entra ID', where: 'jwt' },
  {
    spelling: 'kubernetes.io/serviceaccount/*',
    pattern: /^kubernetes\.io\/serviceaccount\/./,
    meaning: 'service account, older form',
    spec: 'Kubernetes service account tokens',
    where: 'jwt',
  },
  {
    spelling: 'urn:zitadel:iam:org:project:*:roles',
    pattern: /^urn:zitadel:iam:org:project:[^:]+:roles$/,
    meaning: 'roles of one project, by organization',
    spec: 'Zitadel',
    where: 'jwt',
  },
  {
    spelling: 'urn:zitadel:iam:user:resourceowner:*',
    pattern: /^urn:zitadel:iam:user:resourceowner:./,
    meaning: 'organization of the user',
    spec: 'Zitadel',
    where: 'jwt',
  },
  {
    spelling: 'https://purl.imsglobal.org/spec/lti*',
    pattern: /^https:\/\/purl\.imsglobal\.org\/spec\/lti/,
    meaning: 'launch data of a learning platform',
    spec: '1EdTech LTI 1.3',
    where: 'jwt',
  },
  {
    spelling: 'eduperson_*',
    pattern: /^eduperson_./,
    meaning: 'attribute of the research federation',
    spec: 'OpenID research federations (REFEDS, AARC)',
    where: 'both',
  },
  { spelling: 'p1.*', pattern: /^p1\../, meaning: 'internal to PingOne', spec: 'PingOne', where: 'jwt' },
  {
    spelling: 'https://*',
    pattern: /^https?:\/\/./,
    meaning: 'custom claim with a namespace',
    spec: 'RFC 7519 §4.2, Auth0',
    where: 'jwt',
  },
];

/** A token has few of all these claims: an entry is made when it is asked for. */
function entryIn(groups: readonly Group[], name: string): ClaimEntry | undefined {
  const group = groups.findLast(({ rows }) => Object.hasOwn(rows, name));
  const row = group?.rows[name];
  if (group === undefined || row === undefined) return undefined;
  const [meaning, spec] = typeof row === 'string' ? [row, group.spec] : row;
  return { meaning, spec, where: group.where };
}

const allOf = (groups: readonly Group[]): Record<string, ClaimEntry> =>
  Object.fromEntries(
    groups
      .flatMap(({ rows }) => Object.keys(rows))
      .flatMap((name) => {
        const entry = entryIn(groups, name);
        return entry === undefined ? [] : [[name, entry]];
      }),
  );

/** All claims of JWTs and members of introspection answers, by name. */
export const allClaims = (): Readonly<Record<string, ClaimEntry>> => allOf(CLAIMS);

/** All members of the JOSE header, by name. */
export const allHeaderMembers = (): Readonly<Record<string, ClaimEntry>> => allOf([HEADER_MEMBERS]);

/** The entry of a claim or of the family it belongs to. */
export const claimEntry = (name: string): ClaimEntry | undefined =>
  entryIn(CLAIMS, name) ?? CLAIM_FAMILIES.find(({ pattern }) => pattern.test(name));

/** What a claim means, in at most 45 characters. */
export function meaningOfClaim(name: string): string | undefined {
  return claimEntry(name)?.meaning;
}

/** The entry of a member of the JOSE header. */
export const headerMember = (name: string): ClaimEntry | undefined => entryIn([HEADER_MEMBERS], name);

/** What a member of the JOSE header means, in at most 45 characters. */
export function meaningOfHeaderMember(name: string): string | undefined {
  return headerMember(name)?.meaning;
}
