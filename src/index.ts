// The library: the same questions that the commands ask. It reads no environment, writes nothing and ends nothing.

export {
  type Assertion,
  type CheckDefinition,
  type CheckOutcome,
  type CheckResult,
  type CheckRun,
  type IssuerCheck,
  type ResourceCheck,
  type RunOptions,
  runChecks,
  type TokenCheck,
} from './check.ts';
export { ERROR_EXIT_CODES, type ErrorCode, type ErrorDetails, type ExitCode, TokctlError } from './core/errors.ts';
export type { Expectations } from './core/expectations.ts';
export { type Json, JsonNumber, type JsonObject, printJson } from './core/json.ts';
export type { KindName } from './core/kind.ts';
export type {
  Cause,
  Check,
  CheckName,
  Description,
  Difference,
  IntrospectionPart,
  KeyTrace,
  Outcome,
  Report,
  ReportError,
  Times,
  TokenPart,
  Verdict,
  Verification,
  Weakness,
} from './core/report.ts';
export { decode } from './decode.ts';
export {
  baselineOf,
  type DoctorFinding,
  type DoctorOptions,
  type DoctorReport,
  doctor,
  type Severity,
} from './doctor.ts';
export { introspect } from './introspect.ts';
export type { ClientAuthMethod, ClientCredentials } from './protocol/client-authentication.ts';
export type { Exchange, FetchedResponse, FetchInit, FetchLike } from './protocol/http/network.ts';
export {
  type DecodeOptions,
  type IntrospectOptions,
  type Memory,
  type Mode,
  newMemory,
  type VerifyOptions,
} from './request.ts';
export { verify } from './verify.ts';
