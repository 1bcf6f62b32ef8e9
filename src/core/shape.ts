// The forms by which vendors' opaque tokens are known (data: token-shapes.data.json, from facts of their sources).
// A shape is a hint about who made a token; it is never a reason to trust it or to send it anywhere. The table is large:
// load this module only for a token that `parseToken` calls opaque, or that it finds malformed.

import type { KindName } from './kind.ts';
import { oncePerText } from './once.ts';
import shapes from './token-shapes.data.json' with { type: 'json' };

export interface Shape {
  readonly id: string;
  readonly name: string;
  /** Who makes such tokens; `any` and `several` where that is nobody in particular. */
  readonly issuer: string;
  /** The same, where it is one vendor. */
  readonly vendor?: string;
  readonly meaning: string;
  /** `unknown` unless the form itself says it. */
  readonly kind: KindName;
  /**
   * `rfc7662`: by introspection. `vendor`: by the vendor's own way, in `checkDetail`. `none`: it cannot be asked about, or
   * it is no token at all (Basic credentials, a PEM block, a cookie header): it is neither sent nor shown.
   */
  readonly howToCheck: string;
  readonly checkDetail: string;
  /** True when the form belongs to that vendor alone. */
  readonly sure: boolean;
  /** False for what only surrounds tokens, or is a secret of another sort: refuse it, and do not echo it. */
  readonly isToken: boolean;
}

/** From this priority on a shape is only a hint; 32 hexadecimal digits prove nothing. */
const HINT_ONLY = 90;

/** Up to this priority a shape is sure: its prefix belongs to one vendor. */
const SURE = 12;

/** Up to this priority a form is that of something else: Basic credentials, a PEM block, a header, XML, a request URI. */
const NO_TOKEN = 5;

/** JOSE is told by parsing (token.ts): a text with the outline of a JWS that did not parse as one is none. */
const TOLD_BY_PARSING = new Set(['jose-json', 'sd-jwt', 'jwt-unsecured', 'jwe-compact', 'jws-compact']);

const KINDS: Record<string, KindName> = { access: 'access_token', refresh: 'refresh_token', id: 'id_token' };

type Row = (typeof shapes)[number];

/** A form, whose expression is compiled for the first text that begins as it does. */
interface Form {
  row: Row;
  /** What every text of this form begins with, as far as the expression says so in letters that stand for themselves. */
  beginning: string;
  expression?: RegExp;
}

let forms: Form[] | undefined;

function allForms(): Form[] {
  forms ??= shapes
    .filter(({ id, priority }) => priority < HINT_ONLY && !TOLD_BY_PARSING.has(id))
    .map((row) => ({ row, beginning: /^\^([\w-]*)(?![?*{])/.exec(row.regex)?.[1] ?? '' }));
  return forms;
}

function isOfForm(text: string, form: Form): boolean {
  if (!text.startsWith(form.beginning)) return false;
  form.expression ??= new RegExp(form.row.regex);
  return form.expression.test(text);
}

/** Those that a text may have which begins with that character, in the same order. */
const formsBy = oncePerText((first) =>
  allForms().filter(({ beginning }) => beginning === '' || beginning[0] === first),
);

/** The first shape that the text has, or undefined. Shapes that are mere hints, and JOSE, are left out. */
export function shapeOf(text: string): Shape | undefined {
  const row = formsBy(text.charAt(0)).find((form) => isOfForm(text, form))?.row;
  return row && shapeOfRow(row);
}

function shapeOfRow({ id, name, issuer, meaning, kind, howToCheck, checkDetail, priority }: Row): Shape {
  const sure = priority <= SURE;
  return {
    id,
    name,
    issuer,
    ...(issuer === 'any' || issuer === 'several' ? {} : { vendor: issuer }),
    meaning,
    kind: (sure ? KINDS[kind] : undefined) ?? 'unknown',
    howToCheck,
    checkDetail,
    sure,
    isToken: priority > NO_TOKEN,
  };
}
