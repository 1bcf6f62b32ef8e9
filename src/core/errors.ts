// "No" is a result, "could not find out" is an error: `TokctlError` is only for the second.
// One class, a closed union of codes, the exit code by table (contract §8, §9).

export type ExitCode = 0 | 1 | 2 | 3 | 70 | 130;

/** Every error code, with the exit code it means. */
export const ERROR_EXIT_CODES = {
  ERR_USAGE: 2,
  ERR_CONFIG_INVALID: 2,
  ERR_TOKEN_MISSING: 2,
  ERR_CLIENT_CREDENTIALS_MISSING: 2,
  ERR_ENDPOINT_UNKNOWN: 2,
  ERR_ENDPOINT_REFUSED: 2,
  ERR_ISSUER_UNTRUSTED: 3,
  ERR_ISSUER_MISMATCH: 3,
  ERR_NETWORK: 3,
  ERR_TIMEOUT: 3,
  ERR_TLS: 3,
  ERR_HTTP_STATUS: 3,
  ERR_RATE_LIMITED: 3,
  ERR_RESPONSE_INVALID: 3,
  ERR_RESPONSE_TOO_LARGE: 3,
  ERR_CLIENT_AUTHENTICATION: 3,
  ERR_OAUTH: 3,
  ERR_TOKEN_UNSUPPORTED: 3,
  ERR_NO_USABLE_KEY: 3,
  ERR_OFFLINE: 3,
  ERR_INTERNAL: 70,
} as const satisfies Record<string, ExitCode>;

export type ErrorCode = keyof typeof ERROR_EXIT_CODES;

/**
 * Facts about an exchange that gave no answer, for the report and for the diagnosis. Text from a server may stand here;
 * it is escaped by the renderers.
 */
export interface ErrorDetails {
  /** URL that was asked. */
  url?: string;
  status?: number;
  mediaType?: string;
  wwwAuthenticate?: string;
  /** The first line of the body, at most 200 characters. */
  excerpt?: string;
  /** The `error` and `error_description` members of an OAuth error answer (RFC 6749 §5.2). */
  oauthError?: string;
  oauthErrorDescription?: string;
  /** Seconds that a 429 or 503 asked to wait. */
  retryAfter?: number;
  expected?: string;
  actual?: string;
}

export interface TokctlErrorOptions {
  /** One thing to do next; a command where there is one. */
  hint: string;
  details?: ErrorDetails;
  cause?: unknown;
}

/** No answer could be had. The message is built from facts and never holds a token or a secret. */
export class TokctlError extends Error {
  override readonly name = 'TokctlError';
  readonly code: ErrorCode;
  readonly hint: string;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, { hint, details = {}, cause }: TokctlErrorOptions) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
    this.details = details;
  }

  get exitCode(): ExitCode {
    return ERROR_EXIT_CODES[this.code];
  }
}
