// Reads a response within limits (security.md H2, H3, H5, J2). What is over a limit or not as announced is refused whole:
// no part of an answer is ever used.

import { type ErrorCode, type ErrorDetails, TokctlError } from '../../core/errors.ts';
import { oncePerText } from '../../core/once.ts';
import { shownUrl } from '../address.ts';
import type { FetchedResponse, HttpAnswer } from './network.ts';

/** Bytes of a body that are read. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** A server says the same with each of its answers. */
const typeOf = oncePerText((contentType) => contentType.split(';', 1)[0]?.trim().toLowerCase());

/** The type and subtype of a Content-Type in lower case, without parameters (RFC 9110 §8.3.1). */
export function essence(contentType: string | null | undefined): string | undefined {
  const type = typeOf(contentType ?? '');
  return type === '' ? undefined : type;
}

/**
 * The whole answer.
 * @throws TokctlError ERR_RESPONSE_TOO_LARGE, ERR_RESPONSE_INVALID; or what the body throws when it is cut
 */
export async function readAnswer(response: FetchedResponse, url: URL): Promise<Omit<HttpAnswer, 'latencyMs'>> {
  const headers = new Map<string, string>();
  for (const [name, value] of response.headers.entries()) headers.set(name.toLowerCase(), value);
  const answer: Omit<HttpAnswer, 'latencyMs'> = { url, status: response.status, headers, text: '' };
  const mediaType = essence(headers.get('content-type'));
  if (mediaType !== undefined) answer.mediaType = mediaType;
  assertCoding(answer);
  assertLength(answer);
  if (response.body !== null) answer.text = decode(await readBytes(response.body, answer), answer);
  return answer;
}

type Known = Omit<HttpAnswer, 'latencyMs' | 'text'>;

/** Only `identity` was asked for (RFC 9110 §8.4, RFC 9112 §6.1); anything else is refused and not inflated. */
function assertCoding(known: Known): void {
  const content = known.headers.get('content-encoding')?.trim().toLowerCase() ?? '';
  const transfer = known.headers.get('transfer-encoding')?.trim().toLowerCase() ?? '';
  if (!['', 'identity'].includes(content)) throw encoded(known, `Content-Encoding: ${content}`);
  if (!['', 'identity', 'chunked'].includes(transfer)) throw encoded(known, `Transfer-Encoding: ${transfer}`);
}

function assertLength(known: Known): void {
  const announced = Number(known.headers.get('content-length') ?? 0);
  if (announced > MAX_BODY_BYTES) throw tooLarge(known, `${announced} bytes announced`);
}

async function readBytes(body: AsyncIterable<Uint8Array>, known: Known): Promise<Uint8Array> {
  let bytes: Uint8Array = new Uint8Array();
  let size = 0;
  for await (const chunk of body) {
    if (size + chunk.byteLength > MAX_BODY_BYTES) throw tooLarge(known, 'more');
    // Most answers come as one.
    if (size === 0) bytes = chunk;
    else {
      bytes = roomFor(bytes, size + chunk.byteLength);
      bytes.set(chunk, size);
    }
    size += chunk.byteLength;
  }
  return size === bytes.byteLength ? bytes : bytes.subarray(0, size);
}

// One buffer and no list of chunks: a body of a million chunks of one byte costs no more than its bytes.
function roomFor(bytes: Uint8Array, size: number): Uint8Array {
  if (size <= bytes.byteLength) return bytes;
  const larger = new Uint8Array(Math.max(size, bytes.byteLength * 2));
  larger.set(bytes);
  return larger;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

function decode(bytes: Uint8Array, known: Known): string {
  try {
    return UTF8.decode(bytes);
  } catch (cause) {
    throw refused('ERR_RESPONSE_INVALID', known, {
      expected: 'a body in UTF-8',
      actual: 'other bytes',
      hint: 'look at the server or at a gateway in between: JSON is sent in UTF-8 (RFC 8259 §8.1)',
      cause,
    });
  }
}

const encoded = (known: Known, actual: string) =>
  refused('ERR_RESPONSE_INVALID', known, {
    expected: 'a body that is not encoded',
    actual: `\`${actual}\``,
    hint: 'the server encodes though `Accept-Encoding: identity` was sent; turn that off for this endpoint',
  });

const tooLarge = (known: Known, actual: string) =>
  refused('ERR_RESPONSE_TOO_LARGE', known, {
    expected: `at most ${MAX_BODY_BYTES} bytes`,
    actual,
    hint: 'no answer of this kind is that large; see whether the URL is that of the endpoint',
  });

interface Refusal {
  expected: string;
  actual: string;
  hint: string;
  cause?: unknown;
}

function refused(code: ErrorCode, known: Known, { expected, actual, hint, cause }: Refusal): TokctlError {
  const { url, status, mediaType } = known;
  const shown = shownUrl(url);
  const details: ErrorDetails = {
    url: shown,
    status,
    expected,
    actual,
    ...(mediaType === undefined ? {} : { mediaType }),
  };
  return new TokctlError(code, `expected ${expected} from \`${shown}\`, got ${actual}`, { hint, details, cause });
}
