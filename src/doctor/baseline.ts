// What an earlier run found, kept in a file of the user and compared with now: metadata, keys, answers. Holds no secret.

import { TokctlError } from '../core/errors.ts';
import { isJsonObject, type Json, type JsonObject, member, parseJson, printJson, textMember } from '../core/json.ts';
import { formatIso } from '../core/time.ts';
import type { KeySummary } from '../key-set.ts';
import { counted, type DoctorFinding, type DoctorReport, question, type Severity, short } from './finding.ts';
import { isEndpointName } from './metadata-members.ts';

const RECORDED = question('baseline.recorded');
const ISSUER = question('baseline.issuer');
const ENDPOINTS = question('baseline.endpoints');
const METADATA = question('baseline.metadata');
const KEYS = question('baseline.keys');
const FINDINGS = question('baseline.findings');

const SCHEMA = 'tokctl.doctor-baseline/1';
const ACCEPT = 'if that was meant, remove the file and run again to record what is there now';

export interface Baseline {
  issuer: string;
  recordedAt: string;
  metadata: JsonObject;
  keys: JsonObject[];
  /** Severity by id. */
  findings: JsonObject;
}

/** The text of the file. Undefined where no metadata was found: nothing later could be compared with that. */
export function baselineOf({ issuer, metadata, keys, findings }: DoctorReport, now: number): string | undefined {
  if (metadata === undefined) return undefined;
  const recorded = {
    schema: SCHEMA,
    issuer,
    recorded_at: formatIso(Math.floor(now)),
    metadata,
    keys: keys.map(({ kid, kty, alg, thumbprint }) => ({ kid, kty, alg, thumbprint })),
    findings: Object.fromEntries(findings.filter(isOfServer).map(({ id, severity }) => [id, severity])),
  };
  return `${printJson(recorded, 2)}\n`;
}

const isOfServer = ({ id }: DoctorFinding): boolean => !id.startsWith('baseline.');

/** @throws TokctlError ERR_CONFIG_INVALID for a text that is no baseline */
export function parseBaseline(text: string): Baseline {
  const value = objectIn(text);
  const [issuer, metadata, keys] = [textMember(value, 'issuer'), member(value, 'metadata'), member(value, 'keys')];
  if (textMember(value, 'schema') !== SCHEMA || issuer === undefined || !isJsonObject(metadata) || !Array.isArray(keys))
    throw new TokctlError('ERR_CONFIG_INVALID', 'expected a file that an earlier run of doctor recorded, got another', {
      hint: 'name a file that is not there yet: it is recorded then',
    });
  const findings = member(value, 'findings');
  return {
    issuer,
    recordedAt: textMember(value, 'recorded_at') ?? 'an unknown time',
    metadata,
    keys: keys.filter(isJsonObject),
    findings: isJsonObject(findings) ? findings : {},
  };
}

function objectIn(text: string): JsonObject | undefined {
  try {
    const { value } = parseJson(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The finding of the first run: there is nothing to compare with yet. */
export function recordedNow(report: DoctorReport): DoctorFinding {
  if (report.metadata === undefined)
    return RECORDED.info('nothing was recorded: no metadata was found', { fix: 'mend that first' });
  return RECORDED.ok('what was found is recorded for the next run to compare with');
}

/** What has changed since the baseline was recorded. */
export function compareBaseline(baseline: Baseline, report: DoctorReport): DoctorFinding[] {
  if (baseline.issuer !== report.issuer)
    return [
      ISSUER.error(`the file is of another issuer: ${short(baseline.issuer)}`, {
        evidence: [`recorded ${baseline.recordedAt}`],
        fix: 'use one file for each issuer; if the issuer has changed, no token of before is good any more',
      }),
    ];
  const since = `since ${baseline.recordedAt}`;
  if (report.metadata === undefined)
    return [METADATA.error(`the metadata that was there is gone ${since}`, { fix: 'serve it again' })];
  const members = memberChanges(baseline.metadata, report.metadata);
  return [
    endpoints(members, since),
    metadata(members, since),
    keys(baseline.keys, report.keys, since),
    findings(baseline.findings, report.findings, since),
  ];
}

// ---------------------------------------------------------------- metadata

interface Change {
  name: string;
  kind: 'added' | 'removed' | 'changed';
  words: string;
}

function memberChanges(before: JsonObject, now: JsonObject): Change[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].flatMap((name): Change[] => {
    const [was, is] = [member(before, name), member(now, name)];
    const label = short(name);
    if (was === undefined) return [{ name, kind: 'added', words: `${label}: new, ${value(is)}` }];
    if (is === undefined) return [{ name, kind: 'removed', words: `${label}: gone, it was ${value(was)}` }];
    if (canonical(was) === canonical(is)) return [];
    return [{ name, kind: 'changed', words: `${label}: ${value(is)}, it was ${value(was)}` }];
  });
}

const value = (json: Json | undefined): string => short(printJson(json));

/** One text for one value; the order of members and of lists means nothing in metadata. */
function canonical(json: Json): string {
  if (Array.isArray(json)) return `[${json.map(canonical).sort().join()}]`;
  if (!isJsonObject(json)) return printJson(json);
  const members = Object.keys(json)
    .sort()
    .map((name) => `${printJson(name)}:${canonical(json[name] ?? null)}`);
  return `{${members.join()}}`;
}

function endpoints(changes: readonly Change[], since: string): DoctorFinding {
  const own = changes.filter(({ name }) => isEndpointName(name));
  const evidence = own.map(({ words }) => words);
  if (own.length === 0) return ENDPOINTS.ok(`the same endpoints ${since}`);
  if (own.every(({ kind }) => kind === 'added')) return ENDPOINTS.info(`new endpoints ${since}`, { evidence });
  return ENDPOINTS.error(`endpoints are gone or have moved ${since}`, { evidence, fix: ACCEPT });
}

function metadata(changes: readonly Change[], since: string): DoctorFinding {
  const own = changes.filter(({ name }) => !isEndpointName(name));
  const evidence = own.map(({ words }) => words);
  if (own.length === 0) return METADATA.ok(`the same metadata ${since}`);
  if (own.every(({ kind }) => kind === 'added'))
    return METADATA.info(`new members of the metadata ${since}`, { evidence });
  return METADATA.warning(`the metadata has changed ${since}`, { evidence, fix: ACCEPT });
}

// ---------------------------------------------------------------- keys

interface KnownKey {
  kid: string | undefined;
  print: string;
}

const known = (key: JsonObject | KeySummary): KnownKey => {
  const { kid, thumbprint } = key;
  return {
    kid: typeof kid === 'string' ? kid : undefined,
    print: typeof thumbprint === 'string' ? thumbprint : `kid ${String(kid)}`,
  };
};

const called = ({ kid, print }: KnownKey): string =>
  kid === undefined ? `thumbprint ${short(print)}` : `kid ${short(kid)}`;

function keys(before: readonly JsonObject[], now: readonly KeySummary[], since: string): DoctorFinding {
  const [was, is] = [before.map(known), now.map(known)];
  const added = is.filter(({ print }) => !was.some((old) => old.print === print));
  const gone = was.filter(({ print }) => !is.some((one) => one.print === print));
  const reused = added.filter(({ kid }) => kid !== undefined && was.some((old) => old.kid === kid));
  const evidence = [...added.map((key) => `new: ${called(key)}`), ...gone.map((key) => `gone: ${called(key)}`)];
  if (reused.length > 0)
    return KEYS.error(`another key has the \`kid\` of an old one ${since}`, {
      evidence,
      fix: 'give a new key a new `kid`: verifiers keep the old one under it',
    });
  if (evidence.length === 0) return KEYS.ok(`the same keys ${since}`);
  return KEYS.warning(`keys have changed ${since}`, {
    evidence,
    fix: `after a rotation that is as it should be; ${ACCEPT}`,
  });
}

// ---------------------------------------------------------------- answers

const RANK: Readonly<Record<Severity, number>> = { ok: 0, info: 1, warning: 2, error: 3 };

/** What got worse. What is wrong now counts by itself already. */
function findings(before: JsonObject, now: readonly DoctorFinding[], since: string): DoctorFinding {
  const worse = now
    .filter(isOfServer)
    .filter(({ id, severity }) => RANK[severity] > rankOf(member(before, id)) && RANK[severity] > 1);
  if (worse.length === 0) return FINDINGS.ok(`nothing got worse ${since}`);
  return FINDINGS.warning(`${counted(worse.length, 'answer')} got worse ${since}`, {
    evidence: worse.map(({ id, severity }) => `${id}: ${severity}, it was ${textOf(member(before, id))}`),
    fix: 'see each of them above',
  });
}

const rankOf = (severity: Json | undefined): number =>
  typeof severity === 'string' && Object.hasOwn(RANK, severity) ? RANK[severity as Severity] : 0;

const textOf = (severity: Json | undefined): string => (typeof severity === 'string' ? short(severity) : 'not there');
