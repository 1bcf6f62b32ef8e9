// The token as everything after it sees it: parsed, named by kind, with what is odd about its text and header.

import type { JsonObject } from '../core/json.ts';
import type { KindName } from '../core/kind.ts';
import { kindOf } from '../core/kind.ts';
import { lintHeader } from '../core/lint.ts';
import { frozen, oncePerObject } from '../core/once.ts';
import { redactJson, withoutSignatures } from '../core/redact.ts';
import type { Check, TokenPart } from '../core/report.ts';
import type { Shape } from '../core/shape.ts';
import { isWellFormed, parseToken, type Token, type TokenFormat } from '../core/token.ts';

export interface Subject {
  readonly token: Token;
  readonly kind: KindName;
  /** The vendor's form that an opaque token has. */
  readonly shape?: Shape;
  /** `format` and the checks that need nothing but the text and the header. */
  readonly checks: readonly Check[];
  /** For the report. */
  readonly part: TokenPart;
}

/** Reads one token. `takenFrom` is the member of a response it stood in, as evidence of its kind. Never throws. */
export async function readSubject(text: string, takenFrom?: string): Promise<Subject> {
  const parsed = parseToken(text);
  const shape = mayBeVendors(parsed) ? (await import('../core/shape.ts')).shapeOf(text) : undefined;
  const checksum = shape === undefined ? [] : (await import('../core/shape-checksum.ts')).checksumCheck(text);
  const token = asVendors(parsed, shape);
  const { kind, evidence } = kindWithEvidence(token, { shape, takenFrom });
  return {
    token,
    kind,
    ...(shape === undefined ? {} : { shape }),
    checks: textChecks(token).concat(checksum),
    part: {
      format: token.format,
      kind,
      evidence,
      sha256: token.sha256,
      ...(token.header === undefined ? {} : { header: shownHeader(token.header) }),
      ...(shape?.vendor === undefined ? {} : { vendor: shape.vendor }),
    },
  };
}

/** A header may hold a JWT. */
const shownHeader = oncePerObject((header: JsonObject) => frozen(redactJson(header, withoutSignatures)));

/** The table of vendors is large: it is loaded for what is no sound JOSE text. */
const mayBeVendors = (token: Token): boolean =>
  token.format === 'opaque' || token.format === 'jwe' || !isWellFormed(token);

/** A vendor's form explains what looked like a damaged JWT; what is no token at all is refused as such. */
function asVendors(parsed: Token, shape: Shape | undefined): Token {
  if (shape === undefined || parsed.format === 'jwe') return parsed;
  const faults = shape.isToken ? [] : [noToken(shape)];
  return { text: parsed.text, sha256: parsed.sha256, format: 'opaque', faults };
}

const noToken = ({ name, checkDetail }: Shape): Check => ({
  name: 'format',
  outcome: 'failed',
  finding: 'token.malformed',
  because: `${name}: not a token; ${checkDetail.replace(/\.$/, '')}`,
});

interface KindSource {
  shape: Shape | undefined;
  takenFrom: string | undefined;
}

function kindWithEvidence({ format, header, claims }: Token, { shape, takenFrom }: KindSource) {
  const found = kindOf({
    format,
    ...(header === undefined ? {} : { header }),
    ...(claims === undefined ? {} : { claims }),
    ...(takenFrom === undefined ? {} : { takenFrom }),
  });
  if (shape === undefined) return found;
  const form = `it has the form of: ${shape.name}`;
  return found.kind === 'unknown'
    ? { kind: shape.kind, evidence: [form] }
    : { ...found, evidence: [...found.evidence, form] };
}

const FORMAT_WORDS: Readonly<Record<TokenFormat, string>> = {
  jws: 'a JWS in compact serialization',
  'jws-json': 'a JWS in JSON serialization',
  jwe: 'a JWE in compact serialization: only its audience can open it',
  'sd-jwt': 'an SD-JWT: a JWS with disclosures',
  paseto: 'a PASETO token',
  opaque: 'an opaque token: only its issuer can read it',
};

const FORMAT_SPECS: Partial<Record<TokenFormat, string>> = {
  jws: 'RFC 7515 §3.1',
  jwe: 'RFC 7516 §3.1',
  'sd-jwt': 'RFC 9901',
  opaque: 'RFC 6749 §1.4',
};

function textChecks(token: Token): Check[] {
  const header = token.header !== undefined && token.format !== 'jwe' ? lintHeader(token.header) : [];
  const all = [...token.faults, ...header];
  if (all.some(({ name, outcome }) => name === 'format' && outcome === 'failed')) return all;
  const spec = FORMAT_SPECS[token.format];
  const format: Check = {
    name: 'format',
    outcome: 'passed',
    because: FORMAT_WORDS[token.format],
    ...(spec === undefined ? {} : { spec }),
  };
  return [format, ...all];
}
