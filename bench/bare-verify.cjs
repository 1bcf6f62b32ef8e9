// The least that any program on Node does for a signature: a token and a key are read, and verified.

const { createPublicKey, verify } = require('node:crypto');
const { readFileSync, writeSync } = require('node:fs');

const [token, jwks] = process.argv.slice(2).map((path) => readFileSync(path, 'utf8'));
const [jwk] = JSON.parse(jwks).keys;
const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' };
const dot = token.lastIndexOf('.');
const isGood = verify('sha256', Buffer.from(token.slice(0, dot)), key, Buffer.from(token.slice(dot + 1), 'base64url'));
writeSync(1, `${isGood}\n`);
process.exitCode = isGood ? 0 : 1;
