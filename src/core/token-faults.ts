// What can be wrong with the text of a token, as failed checks: strange characters, base64url, UTF-8, JSON, repeated members.
// Invariant: a check names positions and characters, never a piece of the token.

import { type Base64UrlFault, decodeBase64Url, isFault } from './base64url.ts';
import { characterName, escapeText } from './escape.ts';
import type { JsonError } from './json.ts';
import type { Check } from './report.ts';

/** A failed `format` check. */
export const format = (finding: string, because: string): Check => ({
  name: 'format',
  outcome: 'failed',
  finding,
  because,
  spec: 'RFC 7515 §3.1',
});

const encoding = (finding: string, because: string): Check => ({
  name: 'encoding',
  outcome: 'failed',
  finding,
  because,
  spec: 'RFC 7515 §2',
});

/** More characters than are read. */
export function tooLarge(length: number, limit: number): Check {
  return {
    ...format('input.too_large', `too large: ${length} characters, the limit is ${limit}`),
    expected: limit,
    actual: length,
  };
}

/** The end is missing. `where` says where the text ends; `count` is how many parts there are of `expected`. */
export function truncated(where: string, count?: number, { expected = 3 } = {}): Check {
  const parts = count === undefined ? {} : { expected, actual: count };
  return { ...format('token.truncated', `cut off: the token ends ${where}`), ...parts };
}

// ---------------------------------------------------------------- characters

/** A token is visible ASCII (RFC 6749 appendix A.12): the first character that is not, by position and name. */
export function illegalCharacters(text: string): Check[] {
  const position = text.search(/[^\x21-\x7e]/u);
  if (position < 0) return [];
  const name = characterName(Number(text.codePointAt(position)));
  return [
    {
      ...format('input.illegal_character', `character ${position + 1} is ${name}, which no token may contain`),
      expected: 'visible ASCII characters',
      actual: `${name} at character ${position + 1}`,
      spec: 'RFC 6749 §A.12',
    },
  ];
}

/** The first character of an SD-JWT, from `from` on, that can stand neither in a disclosure nor between two. */
export function disclosureFaults(text: string, from: number): Check[] {
  const strange = illegalCharacters(text);
  if (strange.length > 0) return text.search(/[^\x21-\x7e]/u) > from ? strange : [];
  const rest = text.slice(from);
  const position = rest.search(/[^A-Za-z0-9_~.-]/);
  if (position >= 0) return [alphabet(rest.charCodeAt(position), from + position + 1, 'disclosures')];
  const last = rest.slice(rest.lastIndexOf('~') + 1);
  // What stands after the last `~` is a key binding JWT, or nothing (RFC 9901 §4).
  return last === '' || last.split('.', 4).length === 3 ? [] : [truncated('inside its disclosures')];
}

const PART_NAMES: Record<number, readonly string[]> = {
  3: ['header', 'payload', 'signature'],
  5: ['header', 'encrypted key', 'initialization vector', 'ciphertext', 'authentication tag'],
};
const partName = (index: number, count: number): string => PART_NAMES[count]?.[index] ?? `part ${index + 1}`;

/** What is wrong with the text of the parts: a character outside base64url, padding, unused bits. */
export function partFaults(text: string, parts: readonly string[]): Check[] {
  const strange = illegalCharacters(text);
  if (strange.length > 0) return strange;
  let offset = 0;
  const faults: Check[] = [];
  for (const [index, part] of parts.entries()) {
    const decoded = decodeBase64Url(part);
    if (isFault(decoded)) faults.push(badPart(decoded, part, { offset, name: partName(index, parts.length) }));
    offset += part.length + 1;
  }
  return faults;
}

function badPart(fault: Base64UrlFault, part: string, { offset, name }: { offset: number; name: string }): Check {
  const at = offset + fault.position + 1;
  switch (fault.reason) {
    case 'length':
      return encoding(
        'encoding.noncanonical',
        `the ${name} has ${part.length} characters, which no base64url has: it was cut or added to`,
      );
    case 'unused_bits':
      return encoding(
        'encoding.noncanonical',
        `character ${at}, the last of the ${name}, has bits set that carry no data`,
      );
    case 'character':
      return alphabet(Number(part.codePointAt(fault.position)), at, name);
  }
}

function alphabet(code: number, at: number, where: string): Check {
  const check = '+/='.includes(String.fromCodePoint(code)) ? encoding : format;
  return check('encoding.alphabet', `character ${at} (in the ${where}) is ${characterName(code)}, not base64url`);
}

// ---------------------------------------------------------------- decoded parts

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true });

/** JSON is UTF-8 without a byte order mark (RFC 7519 §7.2, RFC 8259 §8.1). `text` is what a lenient reader made of it. */
export function utf8Faults(bytes: Uint8Array, text: string, where: string): Check[] {
  if (text.includes(REPLACEMENT) && !isUtf8(bytes))
    return [{ ...encoding('json.utf8', `the ${where} is not UTF-8`), spec: 'RFC 7519 §7.2' }];
  const hasMark = BYTE_ORDER_MARK.every((byte, at) => bytes[at] === byte);
  return hasMark
    ? [{ ...encoding('json.bom', `the ${where} begins with a byte order mark`), spec: 'RFC 8259 §8.1' }]
    : [];
}

/** What stands for bytes that are no UTF-8; it may also stand for itself. */
const REPLACEMENT = '\ufffd';

function isUtf8(bytes: Uint8Array): boolean {
  try {
    STRICT_UTF8.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Why a part is no JSON. */
export function jsonFault(problem: JsonError, where: 'header' | 'payload'): Check {
  const finding = problem.tooDeep ? 'json.too_deep' : 'json.invalid';
  const because = problem.tooDeep
    ? `the ${where} is ${problem.message}`
    : `the ${where} is no JSON: ${problem.message}, at decoded character ${problem.position + 1}`;
  return { ...format(finding, because), spec: 'RFC 7519 §7.2' };
}

const SHOWN_NAMES = 3;
const SHOWN_LENGTH = 60;

/** Members that stand twice: readers may disagree on which of them counts (RFC 7515 §4, RFC 7519 §4). */
export function duplicateFaults(duplicates: readonly string[], where: 'header' | 'claims'): Check[] {
  if (duplicates.length === 0) return [];
  const names = [...new Set(duplicates)];
  const shown = names.slice(0, SHOWN_NAMES).map((name) => `\`${escapeText(name).slice(0, SHOWN_LENGTH)}\``);
  const more = names.length > SHOWN_NAMES ? ' and more' : '';
  return [
    {
      name: 'duplicate_member',
      outcome: 'failed',
      finding: 'json.duplicate_member',
      expected: 'each member once',
      actual: names,
      because: `${shown.join(', ')}${more} more than once in the ${where}: readers may disagree on which counts`,
      spec: where === 'header' ? 'RFC 7515 §4' : 'RFC 7519 §4',
    },
  ];
}
