// base64url as RFC 7515 §2 has it: no padding, no white space, no unused bits set. One text for one value.

const ALPHABET = /^[A-Za-z0-9_-]*$/;
const FIRST_STRANGER = /[^A-Za-z0-9_-]/u;

export interface Base64UrlFault {
  /** UTF-16 code units from 0, within the text. */
  position: number;
  /** `character`: not of the alphabet. `length`: 4n+1 characters. `unused_bits`: bits that carry no data are set. */
  reason: 'character' | 'length' | 'unused_bits';
}

/** The bytes, or where and why the text is not canonical base64url. */
export function decodeBase64Url(text: string): Uint8Array | Base64UrlFault {
  if (!ALPHABET.test(text)) return { position: text.search(FIRST_STRANGER), reason: 'character' };
  if (text.length % 4 === 1) return { position: text.length - 1, reason: 'length' };
  if (hasUnusedBits(text)) return { position: text.length - 1, reason: 'unused_bits' };
  return Buffer.from(text, 'base64url');
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Two characters beyond a multiple of four hold one byte and four bits more, three of them two bytes and two bits. */
function hasUnusedBits(text: string): boolean {
  const beyond = text.length % 4;
  if (beyond === 0) return false;
  return (DIGITS.indexOf(text.slice(-1)) & (beyond === 2 ? 0b1111 : 0b11)) !== 0;
}

/** Reads what a careless decoder would read: other alphabets, padding and foreign characters are forgiven. */
export function decodeLeniently(text: string): Uint8Array {
  return Buffer.from(text.replace(/[^A-Za-z0-9+/_-]/g, ''), 'base64url');
}

export const isFault = (decoded: Uint8Array | Base64UrlFault): decoded is Base64UrlFault => 'reason' in decoded;
