// A private key that a passphrase locks, told by its first line: PKCS#8 (RFC 7468 §11), or the headers of RFC 1421 §4.6.

export const ENCRYPTED_PEM = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m;
