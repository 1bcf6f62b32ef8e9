// Which kind of token it is, and by what that is known.

export const KIND_NAMES = [
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
export type KindName = (typeof KIND_NAMES)[number];
