// doctor: is this authorization server sound? The questions an operator asks, each answered with what the answer stands on.
// Never destructive: tokens that are sent were made up or granted a moment ago, and wrong credentials are sent once, announced.

import { TokctlError } from './core/errors.ts';
import { redactJson } from './core/redact.ts';
import { type Baseline, compareBaseline, parseBaseline, recordedNow } from './doctor/baseline.ts';
import { examineClock } from './doctor/clock.ts';
import { type DoctorContext, type DoctorOptions, doctorContext } from './doctor/context.ts';
import { answered, type DoctorFinding, type DoctorReport } from './doctor/finding.ts';
import { examineIntrospection, INTROSPECTION_REACHABLE } from './doctor/introspection.ts';
import { examineKeys, KEYS_REACHABLE } from './doctor/keys.ts';
import { examineMetadata } from './doctor/metadata.ts';
import { examineResource, RESOURCE_METADATA } from './doctor/resource.ts';
import { examineTls } from './doctor/tls.ts';
import { examineTokens, GRANT } from './doctor/tokens.ts';
import { secrecyOf } from './judging/secrecy.ts';
import { isHttpUrl } from './judging/trust.ts';

export { baselineOf } from './doctor/baseline.ts';
export type { DoctorOptions } from './doctor/context.ts';
export type { DoctorFinding, DoctorReport, Severity } from './doctor/finding.ts';

/**
 * Examines an authorization server. `exit_code` is 1 when something is wrong with it.
 * @throws TokctlError when the host cannot be reached (ERR_NETWORK, ERR_TIMEOUT, ERR_TLS, ERR_OFFLINE), and ERR_USAGE,
 *   ERR_CONFIG_INVALID, ERR_CLIENT_CREDENTIALS_MISSING for options that cannot be
 * @throws the reason of `options.signal` when that aborts
 */
export async function doctor(options: DoctorOptions): Promise<DoctorReport> {
  assertUrls(options);
  const { baseline } = options;
  const recorded = baseline?.text === undefined ? undefined : parseBaseline(baseline.text);
  const context = await doctorContext(options);
  const found = await examine(context);
  const report = reportOf(context, found);
  const compared = baseline === undefined ? [] : sinceThen(recorded, report);
  return redacted(context, reportOf(context, [...found, ...compared]));
}

function assertUrls({ issuer, resource }: DoctorOptions): void {
  const usage = (what: string, hint: string) =>
    new TokctlError('ERR_USAGE', `expected ${what} as an https URL without query and fragment, got something else`, {
      hint,
    });
  if (!isHttpUrl(issuer)) throw usage('the issuer', 'tokctl doctor https://id.example.com');
  if (resource !== undefined && !isResource(resource))
    throw usage('the protected resource', 'tokctl doctor https://id.example.com --resource https://api.example.com');
}

/** RFC 9728 §1.2: no fragment; a query is possible and rare. */
const isResource = (text: string): boolean => /^https?:\/\/[^\s#]+$/.test(text) && URL.canParse(text);

async function examine(context: DoctorContext): Promise<DoctorFinding[]> {
  // The others work with the metadata. A host that cannot be reached ends it here.
  const metadata = await examineMetadata(context);
  const [tls, keys, introspection, resource] = await Promise.all([
    examineTls(context),
    answered(KEYS_REACHABLE, () => examineKeys(context)),
    asCaller(context),
    answered(RESOURCE_METADATA, () => examineResource(context)),
  ]);
  return [...metadata, ...tls, ...(await examineClock(context)), ...keys, ...introspection, ...resource];
}

/** One after the other: credentials that introspection refused are not sent to the token endpoint. */
async function asCaller(context: DoctorContext): Promise<DoctorFinding[]> {
  const introspection = await answered(INTROSPECTION_REACHABLE, () => examineIntrospection(context));
  return [...introspection, ...(await answered(GRANT, () => examineTokens(context)))];
}

const sinceThen = (recorded: Baseline | undefined, report: DoctorReport): DoctorFinding[] =>
  recorded === undefined ? [recordedNow(report)] : compareBaseline(recorded, report);

function reportOf({ issuer, found }: DoctorContext, findings: DoctorFinding[]): DoctorReport {
  const metadata = found.metadata?.raw ?? found.unusable;
  return {
    schema: 'tokctl.doctor/1',
    issuer,
    exit_code: findings.some(({ severity }) => severity === 'error') ? 1 : 0,
    ...(metadata === undefined ? {} : { metadata }),
    keys: found.keys,
    findings,
  };
}

/** The last gate: a server may echo what was sent to it. */
function redacted({ options, found }: DoctorContext, report: DoctorReport): DoctorReport {
  return redactJson(report, secrecyOf(options, found.tokens));
}
