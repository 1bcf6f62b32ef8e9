// Causes that the text alone tells: no token at all, cut off, damaged, or made by an issuer that breaks the form.
// Invariant: nothing of the token itself is in a cause, only lengths, positions and names of characters.

import { textMember, textOrEmpty } from '../core/json.ts';
import type { Check } from '../core/report.ts';
import { cause, type Facts, failedCheck, hasPassed, type Rule, reallyFailed } from './facts.ts';

const algOf = ({ token }: Facts): string => textOrEmpty(token.header, 'alg');

// ---------------------------------------------------------------- no token, or none of this form

/** Credentials, keys and JSON that stand where a token belongs. */
const noToken: Rule = (facts) => {
  const check = reallyFailed(facts, 'format');
  const isOther = check?.finding === 'token.json_serialization' || /not a token/.test(check?.because ?? '');
  if (check === undefined || !isOther) return [];
  return [
    cause('wrong_token_kind', 'certain', {
      because: check.because.replace(/\. .*$/s, '').replace(/^the JSON/, 'it is the JSON'),
      evidence: facts.shape === undefined ? [check.because] : [`it has the form of: ${facts.shape.name}`],
      fix: 'give the token itself: the text after `Bearer`, or the member access_token of the response',
    }),
  ];
};

/** Odd, and yet signed so: the issuer made it, and nothing happened to it on the way. */
const malformedByIssuer: Rule = (facts) => {
  const check = reallyFailed(facts, 'format');
  if (check === undefined) return [];
  const isSigned = hasPassed(facts, 'signature');
  const isHeader = check.finding === 'header.kid.type' || (/^looks like a J/.test(check.because) && !isJoined(facts));
  if (!isHeader && !isSigned) return [];
  return [
    cause('malformed_member', 'certain', {
      because: isSigned ? `the issuer signed it like that: ${check.because}` : check.because,
      evidence: isSigned ? ['the signature verifies, so that nothing was changed on the way'] : [check.because],
      fix: 'tell the issuer, who has to make its tokens by the rule',
    }),
  ];
};

// ---------------------------------------------------------------- cut off

/** Lengths that a column or a header has, and a token only by chance. */
const LIMITS = new Set([127, 128, 255, 256, 500, 511, 512, 1000, 1023, 1024, 2000, 2047, 2048, 4000, 4095, 4096, 8192]);

const cut: Rule = (facts) => {
  const missing = missingSignature(facts);
  const format = reallyFailed(facts, 'format');
  const found =
    format?.finding === 'token.truncated' ? whereItEnds(format, missing) : missing && shortSignature(missing);
  if (found === undefined) return [];
  const { length } = facts.token.text;
  const check = format ?? failedCheck(facts, 'signature') ?? failedCheck(facts, 'encoding');
  return [
    cause('token_truncated', found.sure ? 'certain' : 'likely', {
      because: found.because,
      evidence: [
        ...(check === undefined ? [] : [check.because]),
        LIMITS.has(length) ? `it has ${length} characters, as a column or a limit has` : `it has ${length} characters`,
      ],
      fix: 'take the token again from its source, whole; logs, headers and database columns cut it',
    }),
  ];
};

interface Ending {
  because: string;
  sure: boolean;
}

function whereItEnds({ because }: Check, missing: Missing | undefined): Ending {
  const end = because.replace(/^cut off: the token ends /, '');
  if (missing !== undefined && missing.has === 0)
    return {
      because: `the signature is missing: ${missing.atLeast ? 'at least' : 'all'} ${missing.needs} bytes that ${missing.alg} needs were cut off, or taken away`,
      sure: true,
    };
  return { because: `the end of the token is missing: it stops ${end}`, sure: true };
}

const shortSignature = (missing: Missing): Ending => ({
  because: `the signature, which is the end of the token, is cut off: it has ${missing.has} bytes, and ${needed(missing)} are missing`,
  sure: missing.sure,
});

const needed = ({ has, needs, atLeast, alg }: Missing): string =>
  `${atLeast ? 'at least ' : ''}${needs - has} of the ${needs} bytes that ${alg} needs`;

interface Missing {
  has: number;
  needs: number;
  atLeast: boolean;
  alg: string;
  sure: boolean;
}

const SIGNATURE_BYTES: Readonly<Record<string, number>> = {
  ES256: 64,
  ES384: 96,
  ES512: 132,
  EdDSA: 64,
  Ed25519: 64,
  HS256: 32,
  HS384: 48,
  HS512: 64,
};

/** Sizes that RSA keys have: a signature of such a length is whole, whoever made it. */
const RSA_BYTES = [128, 256, 384, 512];

/** What the signature lacks; undefined when it is long enough, or when nobody can tell. */
function missingSignature(facts: Facts): Missing | undefined {
  const { token } = facts;
  if (token.format !== 'jws' || token.header === undefined) return undefined;
  const alg = algOf(facts);
  const has = signatureLength(token.text);
  if (has === undefined || isTold(facts)) return undefined;
  const fixed = Object.hasOwn(SIGNATURE_BYTES, alg) ? SIGNATURE_BYTES[alg] : undefined;
  if (fixed !== undefined) return has < fixed ? { has, needs: fixed, atLeast: false, alg, sure: true } : undefined;
  if (!/^[RP]S(?:256|384|512)$/.test(alg)) return undefined;
  const bits = namedKeyBits(facts);
  const needs = bits === undefined ? 256 : Math.ceil(bits / 8);
  if (has >= needs || RSA_BYTES.includes(has)) return undefined;
  return { has, needs, atLeast: bits === undefined, alg, sure: true };
}

/** A strange character or bad JSON is no matter of length. */
const isTold = (facts: Facts): boolean => {
  const finding = reallyFailed(facts, 'format')?.finding;
  return finding !== undefined && finding !== 'token.truncated';
};

/** Bytes of the third part; 0 where there are two; undefined for another number of parts, or bytes that are no base64url. */
function signatureLength(text: string): number | undefined {
  const parts = text.split('.', 4);
  if (parts.length === 2) return 0;
  const [, , last = ''] = parts;
  if (parts.length !== 3 || !/^[\w-]*$/.test(last)) return undefined;
  return Math.floor((last.length * 6) / 8);
}

/** The size of the key that the token names, where the set has it. */
function namedKeyBits({ token, report }: Facts): number | undefined {
  const kid = textMember(token.header, 'kid');
  const keys = report.verification?.keys ?? [];
  const named = kid === undefined && keys.length === 1 ? keys[0] : keys.find((key) => key.kid === kid);
  return named?.kty === 'RSA' ? named.bits : undefined;
}

const LONGEST = 10_000;

/** No serialization has three dots in a row: two parts of a token are never empty side by side. */
const threeDots = (text: string): boolean => text.slice(0, LONGEST).includes('...');

/** Dots or an ellipsis stand for what somebody left out. */
const abbreviated: Rule = ({ token: { text, header } }) => {
  const hasDots = threeDots(text);
  const isShort = hasDots || text.slice(0, LONGEST).includes('…');
  if (!isShort || (header === undefined && !text.startsWith('eyJ'))) return [];
  return [
    cause('token_truncated', hasDots ? 'certain' : 'likely', {
      because: 'an ellipsis stands in it: a program showed the token abbreviated, and the rest is missing',
      evidence: [hasDots ? 'it holds three dots in a row' : 'it holds an ellipsis (U+2026)'],
      fix: 'copy the token from where it is whole, not from a log or a page that abbreviates it',
    }),
  ];
};

// ---------------------------------------------------------------- damaged

const damaged: Rule = (facts) => {
  const [format, encoding] = [reallyFailed(facts, 'format'), reallyFailed(facts, 'encoding')];
  const check = format ?? encoding;
  if (check === undefined || hasPassed(facts, 'signature')) return [];
  if (NOT_DAMAGE.has(check.finding ?? '') || threeDots(facts.token.text)) return [];
  if (/not a token/.test(check.because) || (/^looks like a J/.test(check.because) && !isJoined(facts))) return [];
  // What a cut text has at its end is told by `cut`.
  if (format === undefined && /signature/.test(check.because) && missingSignature(facts) !== undefined) return [];
  return [
    cause('token_damaged', 'certain', {
      because: 'the text is not what the issuer made: characters of it were changed, added or lost',
      evidence: [check.because],
      fix: 'take the token again from its source, without a chat, an editor or a terminal in between',
    }),
  ];
};

/** A second header stands within it: two tokens were pasted as one. */
const isJoined = ({ token: { text } }: Facts): boolean =>
  text.slice(0, LONGEST).split('.', 6).length > 3 && /.eyJ/.test(text);

const NOT_DAMAGE = new Set([
  'token.truncated',
  'token.json_serialization',
  'header.kid.type',
  'header.zip',
  'token.nested',
  'input.too_large',
  'encoding.padding',
]);

/** A signature with more bytes than any key of its size makes. */
const tooLong: Rule = (facts) => {
  const lengths = signatureLengths(facts);
  if (lengths === undefined || lengths.has <= lengths.needs) return [];
  const { has, needs } = lengths;
  if (RSA_BYTES.includes(has) && needs >= 128) return [];
  return [
    cause('token_damaged', 'certain', {
      because: `something was joined to the end of the token: its signature has ${has - needs} bytes more than the ${needs} of ${algOf(facts)}`,
      evidence: [failedCheck(facts, 'signature')?.because ?? ''],
      fix: 'take the token alone, without what stands behind it',
    }),
  ];
};

/** The two lengths of a signature check that failed for its length. */
export function signatureLengths(facts: Facts): { has: number; needs: number } | undefined {
  const found = /has (\d+) bytes, .* needs (\d+)/.exec(failedCheck(facts, 'signature')?.because ?? '');
  return found === null ? undefined : { has: Number(found[1]), needs: Number(found[2]) };
}

/** A JWT in base64 once more, as Kubernetes secrets and Basic headers hold it. */
const encodedTwice: Rule = ({ token: { text, format } }) => {
  if (format !== 'opaque' || text.length > LONGEST || !/^[\w+/-]{40,}={0,2}$/.test(text)) return [];
  const inner = Buffer.from(text, 'base64').toString('latin1').trim();
  if (!/^ey[\w-]+\.[\w-]+\.[\w-]*$/.test(inner)) return [];
  return [
    cause('token_damaged', 'certain', {
      because: 'it is a JWT that was encoded in base64 once more',
      evidence: ['decoded, it has the three parts of a JWT'],
      fix: 'decode it first: base64 -d < token.txt | tokctl verify -; the data of a Kubernetes secret is encoded so',
    }),
  ];
};

export const TEXT_RULES: readonly Rule[] = [
  noToken,
  malformedByIssuer,
  cut,
  tooLong,
  encodedTwice,
  damaged,
  abbreviated,
];
