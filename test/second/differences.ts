// Where tokctl is stricter than jwcrypto 1.6, on purpose. jwcrypto is more patient nowhere, and tokctl neither.

export interface Difference {
  /** Where the rule stands. */
  readonly rule: string;
  readonly why: string;
  /** The check of the report that fails, with its finding: tokctl refuses for this reason and no other. */
  readonly refusal: string;
  /** The algorithms for which they differ; all for which the deed can be done unless given. */
  readonly for?: (alg: string) => boolean;
}

const READ_AGAIN = 'jwcrypto reads a part and writes it again before it verifies, so that many texts are one token';
const SIGNATURE_READ = 'jwcrypto forgives it in the signature, so that many texts are one token';

const spelling = (finding: string, rule: string, why = READ_AGAIN): Difference => ({
  rule,
  why,
  refusal: `encoding ${finding}`,
});

const key = (finding: string, rule: string, why: string): Difference => ({
  rule,
  why,
  refusal: finding === 'jwk.alg_mismatch' ? `key ${finding}` : `key_strength ${finding}`,
});

/** By what was done to the token. */
export const DIFFERENCES: Readonly<Record<string, Difference>> = {
  'unused bits of the header': spelling('encoding.noncanonical', 'RFC 4648 §3.5'),
  'unused bits of the payload': spelling('encoding.noncanonical', 'RFC 4648 §3.5'),
  'unused bits of the signature': spelling('encoding.noncanonical', 'RFC 4648 §3.5', SIGNATURE_READ),
  'padding after the header': spelling('encoding.alphabet', 'RFC 7515 §2'),
  'padding after the payload': spelling('encoding.alphabet', 'RFC 7515 §2'),
  'padding after the signature': spelling('encoding.alphabet', 'RFC 7515 §2', SIGNATURE_READ),
  'the other alphabet in the signature': spelling('encoding.alphabet', 'RFC 7515 §2', SIGNATURE_READ),
  'a signature without its first byte, a zero': {
    rule: 'RFC 7518 §3.4, RFC 8017 §8.1.2',
    why: 'OpenSSL takes a signature by PSS, and jwcrypto each half of one by ECDSA, for a number, however long it is written',
    refusal: 'signature',
  },
  'a header member twice': {
    rule: 'RFC 7515 §4',
    why: 'jwcrypto takes the last one, others the first',
    refusal: 'duplicate_member json.duplicate_member',
  },
  'an empty crit': {
    rule: 'RFC 7515 §4.1.11',
    why: 'crit must not be the empty list',
    refusal: 'critical_header header.crit.unsupported',
  },
  'crit with b64 true': {
    rule: 'RFC 7797 §7',
    why: 'jwcrypto supports b64; a JWT must not use it, and tokctl supports no extension',
    refusal: 'critical_header header.crit.unsupported',
  },
  'a key for another algorithm': key('jwk.alg_mismatch', 'RFC 7517 §4.4', 'jwcrypto does not look at the alg of a key'),
  'a private key published': key(
    'jwks.private_key_exposed',
    'RFC 7517 §9.2',
    'jwcrypto takes a private key for what it is to its owner; in a set for others it proves nothing',
  ),
  'RSA of 1536 bits': key('jwk.rsa.too_small', 'RFC 7518 §3.3', 'jwcrypto takes every size that OpenSSL takes'),
  'RSA in the form of ROCA': key(
    'jwk.rsa.roca',
    'CVE-2017-15361',
    'jwcrypto does not look for keys that can be computed',
  ),
  'Ed25519 of small order': key(
    'jwk.okp.small_order',
    'RFC 8032 §5.1.7',
    'jwcrypto does not look for points under which one signature fits every text',
  ),
};
