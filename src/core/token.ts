export type TokenFormat = 'jws' | 'jws-json' | 'jwe' | 'sd-jwt' | 'paseto' | 'opaque' | 'credential';
