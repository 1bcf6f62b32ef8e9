// The one answer (contract §7): every verdict ends in it, every output starts from it.
// Members are snake_case because the object is printed as it stands.

import type { CauseCode } from './causes.ts';
import { ERROR_EXIT_CODES, type ErrorCode, type ExitCode } from './errors.ts';
import type { Json, JsonObject } from './json.ts';
import type { KindName } from './kind.ts';
import type { TokenFormat } from './token.ts';

export type Verdict = 'active' | 'inactive' | 'unknown';
export type Outcome = 'passed' | 'failed' | 'warned' | 'skipped';

export const CHECK_NAMES = [
  'format',
  'encoding',
  'duplicate_member',
  'critical_header',
  'key_reference',
  'algorithm',
  'key',
  'key_strength',
  'signature',
  'issuer',
  'audience',
  'expiry',
  'not_before',
  'issued_at',
  'time_unit',
  'type',
  'kind',
  'scope',
  'lifetime',
  'max_age',
  'nonce',
  'at_hash',
  'confirmation',
  'introspection',
  'response',
  'revocation',
] as const;
export type CheckName = (typeof CHECK_NAMES)[number] | `claim:${string}`;

/** One test and its outcome. */
export interface Check {
  name: CheckName;
  outcome: Outcome;
  /** Stable id of what was found, such as `header.alg.none`. */
  finding?: string;
  expected?: Json;
  actual?: Json;
  /** Why, in one sentence without a final period. */
  because: string;
  /** Where the rule stands, such as `RFC 7519 §4.1.4`. */
  spec?: string;
}

export type Confidence = 'certain' | 'likely' | 'possible';

/** One explanation of an answer, with what it stands on and one thing to do next. */
export interface Cause {
  code: CauseCode;
  confidence: Confidence;
  because: string;
  evidence: string[];
  fix: string;
}

export interface TokenPart {
  format: TokenFormat;
  kind: KindName;
  /** What the kind (or, for an opaque token, the vendor) was recognised by. */
  evidence: string[];
  /** The first 12 hexadecimal digits of the SHA-256 of the token. */
  sha256: string;
  header?: JsonObject;
  vendor?: string;
}

/** Times as RFC 3339 in UTC; `ttl_seconds` counts from `evaluated_at` to `expires_at` and may be negative. */
export interface Times {
  issued_at?: string;
  not_before?: string;
  expires_at?: string;
  ttl_seconds?: number;
  evaluated_at: string;
}

/** What was made of one key of the set. */
export interface KeyTrace {
  kid?: string;
  kty?: string;
  alg?: string;
  crv?: string;
  bits?: number;
  thumbprint?: string;
  used: boolean;
  because: string;
}

export interface Verification {
  jwks_uri?: string;
  jwks_age_seconds?: number;
  key?: { kid?: string; alg: string; kty: string; thumbprint?: string };
  keys: KeyTrace[];
}

export interface IntrospectionPart {
  endpoint: string;
  client_auth: string;
  status: number;
  latency_ms: number;
  media_type?: string;
  token_type_hint?: string;
  response?: Json;
}

/** One point on which the local and the server's verdict differ. */
export interface Difference {
  subject: string;
  local?: Json;
  remote?: Json;
  meaning: string;
}

export interface ReportError {
  code: ErrorCode;
  message: string;
  hint: string;
  /** What is known of the exchange: url, status, media_type, www_authenticate, the first line of the body. */
  details?: { [fact: string]: string | number };
}

export type IssuerSource = 'flag' | 'environment' | 'profile' | 'token';
export type Weakness =
  | 'issuer_from_token'
  | 'insecure_http'
  | 'insecure_tls'
  | 'endpoint_origin'
  | 'clock_tolerance'
  | 'at_time'
  | 'algorithm_allowed'
  | 'basic_encoding_raw';

/** What `decode` gives: everything that can be read, and no verdict. Parts that were not done are absent. */
export interface Description {
  schema: 'tokctl.report/1';
  /** From the batch line, if any. */
  id?: string;
  exit_code: ExitCode;
  token?: TokenPart;
  claims?: JsonObject;
  times?: Times;
  checks: Check[];
  error?: ReportError;
}

/** What `verify` and `introspect` give. */
export interface Report extends Description {
  verdict: Verdict;
  active: boolean | null;
  issuer?: string;
  issuer_source?: IssuerSource;
  causes: Cause[];
  verification?: Verification;
  introspection?: IntrospectionPart;
  differences?: Difference[];
  weakened: Weakness[];
}

/** True for what `verify` and `introspect` give: it has a verdict. */
export const isReport = (report: Report | Description): report is Report => 'verdict' in report;

const ACTIVE: Record<Verdict, boolean | null> = { active: true, inactive: false, unknown: null };
const EXIT: Record<Verdict, ExitCode> = { active: 0, inactive: 1, unknown: 3 };

/** `active` and `exit_code` that belong to a verdict; an error decides the exit code of an unknown one (contract §8). */
export function outcomeOf(verdict: Verdict, error?: ReportError): Pick<Report, 'verdict' | 'active' | 'exit_code'> {
  const exit_code = verdict === 'unknown' && error !== undefined ? ERROR_EXIT_CODES[error.code] : EXIT[verdict];
  return { verdict, active: ACTIVE[verdict], exit_code };
}

/** The report of a failure that left nothing to report on: no token was read, or an option was wrong. */
export function errorReport(error: ReportError, id?: string): Report {
  return {
    schema: 'tokctl.report/1',
    ...(id === undefined ? {} : { id }),
    ...outcomeOf('unknown', error),
    checks: [],
    causes: [],
    weakened: [],
    error,
  };
}

const EXIT_PRECEDENCE: readonly ExitCode[] = [130, 70, 2, 3, 1, 0];

/** The exit code of several: the first that occurs of 70, 2, 3, 1, 0 (contract §8). */
export function worstExitCode(codes: Iterable<ExitCode>): ExitCode {
  const all = new Set(codes);
  return EXIT_PRECEDENCE.find((code) => all.has(code)) ?? 0;
}
