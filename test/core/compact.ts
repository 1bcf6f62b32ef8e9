// Makes the text of compact serializations for tests of parsing. Nothing here is signed.

export const base64url = (content: string | Uint8Array): string => Buffer.from(content).toString('base64url');

const text = (content: unknown): string | Uint8Array =>
  typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content);

/** A signature of the length that RS256 with 2048 bits has. */
export const SIGNATURE = base64url(new Uint8Array(256).fill(7));

/** `header.payload.signature`; header and payload are objects, or raw JSON text. */
export function compactJws(claims: unknown, { header = { alg: 'RS256', typ: 'at+jwt', kid: 'k1' } as unknown } = {}) {
  return `${base64url(text(header))}.${base64url(text(claims))}.${SIGNATURE}`;
}

export function compactJwe(header: Record<string, unknown> = {}): string {
  const head = base64url(JSON.stringify({ alg: 'RSA-OAEP-256', enc: 'A256GCM', ...header }));
  return [head, ...[256, 12, 120, 16].map((size) => base64url(new Uint8Array(size).fill(9)))].join('.');
}
