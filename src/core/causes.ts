// The names of all causes (contract §9): a script may compare them, so a name is added but never changed.
// The diagnosis gives no other; each is explained in explain/causes.ts.

export const CAUSE_CODES = [
  // the token had its time, or was taken back
  'expired',
  'not_yet_valid',
  'revoked_or_unknown',
  // the server was asked in a way to which it says no
  'caller_not_in_audience',
  'asked_wrong_server',
  'asked_through_other_hostname',
  'refresh_token_needs_hint',
  'hint_contradicts_token',
  'provider_has_no_introspection',
  // it is another token than is needed
  'wrong_token_kind',
  'token_truncated',
  'token_damaged',
  'malformed_member',
  'ambiguous_token',
  'unsupported_extension',
  'lightweight_token',
  'sender_constrained',
  // signature, keys, algorithm
  'signature_altered',
  'key_rotated',
  'key_of_other_environment',
  'key_id_reused',
  'key_not_for_signatures',
  'weak_key',
  'not_locally_verifiable',
  'symmetric_algorithm',
  'algorithm_confusion',
  'algorithm_none',
  'algorithm_not_allowed',
  // who made it, for whom, and what it allows
  'issuer_trailing_slash',
  'issuer_version_pair',
  'issuer_differs',
  'audience_missing',
  'audience_differs',
  'scope_missing',
  'claim_differs',
  'lifetime_too_short',
  'too_old',
  'strict_only',
  // clocks and units
  'clock_skew',
  'milliseconds_not_seconds',
  // the client that asks
  'client_credentials_wrong',
  'client_secret_encoding',
  'client_auth_method',
  'client_not_allowed',
  'assertion_audience',
] as const;

export type CauseCode = (typeof CAUSE_CODES)[number];
