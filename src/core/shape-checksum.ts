// The checksums that some vendors put at the end of their opaque tokens: a wrong one tells a typing error without a network.
// A right one says nothing about validity. Rules: facts of the vendors' documents, recomputed against published examples.

import type { Check } from './report.ts';

/** What the checksum of a token says. */
export interface Checksum {
  readonly vendor: string;
  readonly holds: boolean;
  /** The rule was recomputed against an example that the vendor or several tools published. */
  readonly established: boolean;
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** GitHub and npm: 30 characters, then 6 digits to the base 62 of their CRC-32. */
const PREFIXED = /^(gh[pours]|npm)_([0-9A-Za-z]{30})([0-9A-Za-z]{6})$/;

/** GitLab, routable: the 7 last digits are to the base 36, of all before them; 2 before that are the payload's length. */
const GITLAB = /^gl[a-z]{2,6}-([0-9A-Za-z_-]{27,300})\.((?:[0-9a-z]{2}\.)?)([0-9a-z]{2})([0-9a-z]{7})$/;

/** The checksum of a token of GitHub, npm or GitLab; undefined for every other text. */
export function checksumOf(text: string): Checksum | undefined {
  const prefixed = PREFIXED.exec(text);
  if (prefixed !== null) {
    const [, prefix, body = '', actual] = prefixed;
    return {
      vendor: prefix === 'npm' ? 'npm' : 'GitHub',
      holds: toBase(crc32(body), BASE62).padStart(6, '0') === actual,
      established: true,
    };
  }
  const gitlab = GITLAB.exec(text);
  if (gitlab === null) return undefined;
  const [, payload = '', version, length = '', actual] = gitlab;
  const holds =
    crc32(text.slice(0, -7)).toString(36).padStart(7, '0') === actual && Number.parseInt(length, 36) === payload.length;
  // The form with a version was read from its generator and never seen in a published example.
  return { vendor: 'GitLab', holds, established: version === '' && text.startsWith('glpat-') };
}

/** The check of a vendor's checksum, for texts that have one. It warns: the vendor alone says what its tokens look like. */
export function checksumCheck(text: string): Check[] {
  const checksum = checksumOf(text);
  if (checksum === undefined) return [];
  const { vendor, holds } = checksum;
  return [
    {
      name: 'format',
      outcome: holds ? 'passed' : 'warned',
      finding: 'token.checksum',
      because: holds
        ? `its checksum is that of a token of ${vendor}, which tells only that it is whole`
        : `its checksum is wrong: ${vendor} made no such token, a character was changed or lost`,
    },
  ];
}

/** A text that begins like a vendor's token of fixed length, and is shorter. */
export interface Remnant {
  readonly vendor: string;
  /** Characters after the prefix, and how many there must be. */
  readonly has: number;
  readonly needs: number;
}

/** What is left of a token of GitHub or npm that was cut; undefined for every other text. */
export function remnantOf(text: string): Remnant | undefined {
  const found = /^(gh[pours]|npm)_([0-9A-Za-z]{1,35})$/.exec(text);
  return found === null
    ? undefined
    : { vendor: found[1] === 'npm' ? 'npm' : 'GitHub', has: found[2]?.length ?? 0, needs: 36 };
}

/** CRC-32 as in zip and Ethernet (polynomial 0xEDB88320), of a text in ASCII. */
function crc32(text: string): number {
  let value = 0xffffffff;
  for (const character of text) {
    value ^= character.charCodeAt(0);
    for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return (value ^ 0xffffffff) >>> 0;
}

function toBase(value: number, digits: string): string {
  let [rest, text] = [value, ''];
  do {
    text = (digits[rest % digits.length] ?? '') + text;
    rest = Math.floor(rest / digits.length);
  } while (rest > 0);
  return text;
}
