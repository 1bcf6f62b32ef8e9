// From the settings of a check to its definition: sources are read, files opened, texts made numbers. It happens when the
// check runs, so that a variable that is not set is the failure of one check and not of all.

import type { CheckDefinition, ClaimPattern, IssuerCheck, TokenOrigin } from '../../check/definition.ts';
import { TokctlError } from '../../core/errors.ts';
import { escapeText } from '../../core/escape.ts';
import { textMember } from '../../core/json.ts';
import { parseDuration } from '../../core/time.ts';
import { parseToken } from '../../core/token.ts';
import type { DocumentStore, IntrospectOptions, Memory } from '../../request.ts';
import type { Connection } from '../connection.ts';
import type { Host } from '../host.ts';
import { type Asking, clientOf, networkOf, questionOf } from '../question.ts';
import { fileFault } from '../secret-source.ts';
import type { Settings } from '../settings.ts';
import type { PlannedCheck } from './plan.ts';
import { claimPattern } from './rules.ts';
import { settingsFor } from './settings.ts';
import { tokenOriginOf } from './token.ts';

export interface Defining extends Asking {
  readonly base: Settings;
  /** The transport and the memory for checks with these settings. */
  readonly linkFor: (settings: Settings) => Promise<Link>;
}

export interface Link {
  readonly connection: Connection;
  readonly memory: Memory;
  /** What earlier runs fetched (`--cache`). */
  readonly documents?: DocumentStore;
}

/** @throws TokctlError with the place in the file, where the check is from one */
export async function defineCheck(check: PlannedCheck, defining: Defining): Promise<CheckDefinition> {
  try {
    return await definitionOf(check, defining);
  } catch (error) {
    throw located(error, check);
  }
}

/** What is wrong with a file is said with its place: that of the option that the message names, else of the check. */
function located(error: unknown, { placeOf }: PlannedCheck): unknown {
  if (!(error instanceof TokctlError) || error.exitCode !== 2 || placeOf === undefined) return error;
  const option = /^`--([a-z-]+)`/.exec(error.message)?.[1];
  const { file, line, column } = placeOf(option);
  const { code, message, hint, details } = error;
  return new TokctlError(code, `${file}:${line}:${column}: ${message}`, { hint, details, cause: error });
}

async function definitionOf(check: PlannedCheck, defining: Defining): Promise<CheckDefinition> {
  const settings = settingsFor(check, defining.base);
  const { head } = check;
  const common = { ...head, ...given('maxLatency', seconds(settings, 'max-latency')), ...strictly(settings) };
  if (head.subject === 'issuer') return { ...common, ...(await issuerPart(settings, defining)), subject: 'issuer' };
  const token = await originOf(settings, defining);
  const chosen = pickedByToken(check, token, { settings, base: defining.base });
  const question = await linked(chosen, defining);
  if (head.subject === 'resource')
    return {
      ...common,
      ...(await resourcePart(chosen, defining)),
      ...given('token', token),
      question,
      subject: 'resource',
    };
  if (token === undefined)
    throw new TokctlError('ERR_TOKEN_MISSING', 'expected a token, got none', { hint: '--token env:NAME' });
  return { ...common, ...tokenPart(chosen), token, question, subject: 'token' };
}

const given = <K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } =>
  value === undefined ? {} : ({ [name]: value } as { [P in K]?: V });

const seconds = (settings: Settings, name: string): number | undefined => parseDuration(settings.text(name) ?? '');

const strictly = (settings: Settings): Pick<CheckDefinition, 'strict'> =>
  settings.flag('strict') ? { strict: true } : {};

async function linked(settings: Settings, defining: Defining): Promise<IntrospectOptions> {
  const { connection, memory, documents } = await defining.linkFor(settings);
  const { now, nowIsChosen, ...question } = await questionOf(settings, defining);
  const chosen = nowIsChosen === true && now !== undefined ? { now, nowIsChosen } : {};
  return { ...question, ...chosen, ...given('documents', documents), fetch: connection.fetch, memory };
}

// ---------------------------------------------------------------- token

async function originOf(settings: Settings, { host, stdin, secrets }: Defining): Promise<TokenOrigin | undefined> {
  const source = settings.text('token');
  if (source === undefined) return undefined;
  const scopes = settings.list('bearer-scope').length > 0 ? settings.list('bearer-scope') : settings.list('scope');
  return tokenOriginOf(source, {
    host,
    secrets,
    client: await clientOf(settings, { host, stdin, secrets }),
    ...given('audience', settings.list('audience')[0]),
    ...given('scope', scopes.length === 0 ? undefined : scopes.join(' ')),
    ...given('resource', settings.text('bearer-resource')),
  });
}

const KEYS = ['issuer', 'jwks', 'key', 'secret', 'introspection-endpoint'];

/** Where nobody named an issuer or keys, the token picks one of the user's profiles by its own (contract §4.2). */
function pickedByToken(
  check: PlannedCheck,
  token: TokenOrigin | undefined,
  { settings, base }: { settings: Settings; base: Settings },
): Settings {
  if (token?.from !== 'text' || KEYS.some((name) => settings.get(name) !== undefined)) return settings;
  return settingsFor(
    check,
    base.forIssuer(() => textMember(parseToken(token.text).claims, 'iss')),
  );
}

function tokenPart(settings: Settings) {
  const patterns = settings.texts('claim-matches').map(claimPattern);
  const claimPatterns = patterns.filter((one): one is ClaimPattern => typeof one !== 'string');
  return {
    ...(claimPatterns.length === 0 ? {} : { claimPatterns }),
    ...(settings.text('active') === 'false' ? { active: false } : {}),
    ...given('warnTtl', seconds(settings, 'warn-ttl')),
  };
}

// ---------------------------------------------------------------- resource and issuer

async function resourcePart(settings: Settings, { secrets }: Defining): Promise<{ url: string; deadToken?: string }> {
  const dead = settings.text('dead-token');
  const deadToken = dead === undefined ? undefined : (await secrets.read(dead, 'dead-token')).trim();
  return { url: settings.text('resource') ?? '', ...given('deadToken', deadToken) };
}

async function issuerPart(settings: Settings, defining: Defining): Promise<Omit<IssuerCheck, 'name' | 'subject'>> {
  const issuer = settings.text('issuer');
  if (issuer === undefined)
    throw new TokctlError('ERR_USAGE', 'expected an issuer to check, got none', {
      hint: 'name it: `issuer: https://id.example.com`, or --issuer',
    });
  const { connection } = await defining.linkFor(settings);
  const least = settings.text('min-keys');
  const algorithms = settings.list('key-alg');
  return {
    issuer,
    network: { ...networkOf(settings), fetch: connection.fetch },
    ...given('metadataUrl', settings.text('metadata-url')),
    ...given('minKeys', least === undefined ? undefined : Number(least)),
    ...(algorithms.length === 0 ? {} : { algorithms }),
    ...(settings.flag('refuses-anonymous') ? { refusesAnonymous: true } : {}),
    ...given('minCertificateTtl', seconds(settings, 'min-certificate-ttl')),
    ...(await baselinePart(settings, defining.host)),
  };
}

async function baselinePart(settings: Settings, host: Host): Promise<Pick<IssuerCheck, 'baseline' | 'recordBaseline'>> {
  const path = settings.text('baseline');
  if (path === undefined) return {};
  if (settings.flag('record')) return { recordBaseline: (text) => record(path, text, host) };
  const bytes = await host.files.read(path).catch((error: unknown) => {
    throw new TokctlError(
      'ERR_CONFIG_INVALID',
      `\`--baseline\` cannot be read: the file \`${escapeText(path)}\`: ${fileFault(error)}`,
      { hint: 'record it: tokctl check --record' },
    );
  });
  return { baseline: bytes.toString('utf8') };
}

async function record(path: string, text: string, host: Host): Promise<void> {
  await host.files.replace(path, text).catch((error: unknown) => {
    throw new TokctlError(
      'ERR_USAGE',
      `\`--record\`: the baseline \`${escapeText(path)}\` cannot be written: ${fileFault(error)}`,
      { hint: 'make its folder, or name another file' },
    );
  });
}
