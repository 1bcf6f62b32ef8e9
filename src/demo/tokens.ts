// The tokens of the playground, made by the models of the authorization server: good ones, and each way to be bad.
// Every user token stands on a grant of its own, because revoking one takes its whole grant along (RFC 7009 §2.1).

import { randomBytes } from 'node:crypto';
import type { Client, Provider, TokenInput } from 'oidc-provider/lib/provider.js';
import { audienceOf, CLIENTS, jwtFor, SCOPE, USER } from './authorization-server.ts';

/** Every token by name, each with what it is. The order is that of the listings. */
export const TOKENS = {
  active_opaque: 'an active opaque access token',
  revoked: 'an opaque access token that was revoked',
  expired: 'an opaque access token that has expired',
  never_issued: 'a token that this server never issued',
  refresh_token: 'an active refresh token',
  id_token: 'an ID token',
  active_jwt: 'an active JWT access token (RFC 9068) for the resource',
  expired_jwt: 'one that expired an hour ago',
  forged_jwt: 'the active one with its payload altered',
  wrong_audience_jwt: 'a JWT access token for another resource',
  damaged_jwt: 'the active JWT with an ellipsis pasted into it',
  m2m_token: 'an access token of the machine-to-machine client',
} as const;

export type TokenName = keyof typeof TOKENS;
export type PlaygroundTokens = Readonly<Record<TokenName, string>>;

const OTHER_AUDIENCE = 'https://other-api.example';
const HOUR = 3600;

/** Issues all of them. */
export async function issueTokens(provider: Provider, issuer: string): Promise<PlaygroundTokens> {
  const issue = new Issuance(provider, await clientNamed(provider, CLIENTS.test.client_id));
  const audience = audienceOf(issuer);
  const activeOpaque = await issue.access();
  const activeJwt = await issue.access({ audience });
  return {
    active_opaque: activeOpaque,
    revoked: await issue.access({ revoked: true }),
    expired: await issue.access({ expired: true }),
    never_issued: await pasteable(async () => randomBytes(32).toString('base64url')),
    refresh_token: await issue.refresh(),
    id_token: await issue.id(activeOpaque),
    active_jwt: activeJwt,
    expired_jwt: await issue.access({ audience, expired: true }),
    forged_jwt: forge(activeJwt),
    wrong_audience_jwt: await issue.access({ audience: OTHER_AUDIENCE }),
    damaged_jwt: damage(activeJwt),
    m2m_token: await machineToken(provider),
  };
}

async function clientNamed(provider: Provider, clientId: string): Promise<Client> {
  const client = await provider.Client.find(clientId);
  if (client === undefined) throw new Error(`the playground has no client ${clientId}`);
  return client;
}

async function machineToken(provider: Provider): Promise<string> {
  const client = await clientNamed(provider, CLIENTS.machine.client_id);
  return pasteable(() => new provider.ClientCredentials({ client }).save());
}

/** One in 64 opaque tokens starts with a dash, and on a command line would be taken for an option: another is made. */
async function pasteable(make: () => Promise<string>): Promise<string> {
  for (;;) {
    const token = await make();
    if (!token.startsWith('-')) return token;
  }
}

interface AccessOptions {
  /** A JWT for that audience; opaque without. */
  audience?: string;
  expired?: boolean;
  revoked?: boolean;
}

/** Issues tokens for the user to one client. */
class Issuance {
  readonly #provider: Provider;
  readonly #client: Client;

  constructor(provider: Provider, client: Client) {
    this.#provider = provider;
    this.#client = client;
  }

  access(options: AccessOptions = {}): Promise<string> {
    return pasteable(() => this.#access(options));
  }

  async #access({ audience, expired = false, revoked = false }: AccessOptions): Promise<string> {
    const { AccessToken, ResourceServer } = this.#provider;
    const token = new AccessToken({
      ...(await this.#granted()),
      ...(expired ? anHourAgo() : {}),
      ...(audience === undefined ? {} : { resourceServer: new ResourceServer(audience, jwtFor(audience)) }),
    });
    const value = await token.save();
    if (revoked) await token.destroy();
    return value;
  }

  refresh(): Promise<string> {
    return pasteable(async () => new this.#provider.RefreshToken(await this.#granted()).save());
  }

  /** An ID token that came with that access token (OpenID Connect Core §2, §3.1.3.6). */
  async id(accessToken: string): Promise<string> {
    const token = new this.#provider.IdToken({ ...USER }, { client: this.#client });
    token.scope = SCOPE;
    token.set('at_hash', accessToken);
    token.set('auth_time', seconds() - 60);
    token.set('nonce', randomBytes(12).toString('base64url'));
    return token.issue({ use: 'idtoken' });
  }

  async #granted(): Promise<TokenInput> {
    const client = this.#client;
    const grant = new this.#provider.Grant({ accountId: USER.sub, clientId: client.clientId });
    grant.addOIDCScope(SCOPE);
    return { client, accountId: USER.sub, grantId: await grant.save(), scope: SCOPE, gty: 'authorization_code' };
  }
}

const seconds = (): number => Math.floor(Date.now() / 1000);

function anHourAgo(): { iat: number; exp: number } {
  const exp = seconds() - HOUR;
  return { iat: exp - HOUR, exp };
}

/** The same JWT for another subject, under the signature of the first. */
function forge(jwt: string): string {
  const [header = '', payload = '', signature = ''] = jwt.split('.');
  const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), sub: 'admin-001' };
  return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
}

/** What a chat window makes of a long text: an ellipsis in the middle of the payload. */
function damage(jwt: string): string {
  const at = jwt.indexOf('.') + 20;
  return `${jwt.slice(0, at)}…${jwt.slice(at)}`;
}
