// A set of keys verifies many tokens: what can be known of a key by itself is found out once, for as long as it is there.

import type { JsonObject } from '../core/json.ts';

/** `find`, called once for each key. Keys are told apart as objects, and are never changed. */
export function oncePerKey<T>(find: (jwk: JsonObject) => T): (jwk: JsonObject) => T {
  const known = new WeakMap<JsonObject, { readonly value: T }>();
  return (jwk) => {
    const found = known.get(jwk) ?? { value: find(jwk) };
    known.set(jwk, found);
    return found.value;
  };
}
