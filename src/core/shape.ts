// The forms by which vendors' opaque tokens are known (data: token-shapes.data.json, from facts of their sources).
// A shape is a hint about who made a token; it is never a reason to trust or to send it anywhere.

import type { KindName } from './kind.ts';
import shapes from './token-shapes.data.json' with { type: 'json' };

export interface Shape {
  readonly id: string;
  readonly name: string;
  readonly issuer: string;
  readonly meaning: string;
  readonly kind: KindName;
  /** `rfc7662`: by introspection. Anything else: the vendor's own check, described in `checkDetail`. */
  readonly howToCheck: string;
  readonly checkDetail: string;
  /** True when the form belongs to that vendor alone. */
  readonly sure: boolean;
}

/** From this priority on a shape is only a hint; 32 hexadecimal digits prove nothing. */
const HINT_ONLY = 90;

/** Up to this priority a shape is sure: its prefix belongs to one vendor. */
const SURE = 20;

const KINDS: Record<string, KindName> = { access: 'access_token', refresh: 'refresh_token', id: 'id_token' };

/** The first shape that the text has, or undefined. Shapes that are mere hints are left out. */
export function shapeOf(text: string): Shape | undefined {
  const found = shapes.find((shape) => shape.priority < HINT_ONLY && new RegExp(shape.regex).test(text));
  return found === undefined
    ? undefined
    : { ...found, kind: KINDS[found.kind] ?? 'unknown', sure: found.priority <= SURE };
}
