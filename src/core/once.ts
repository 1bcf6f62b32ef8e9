// What many tokens have in common, such as their header, their keys and what is found out about them, is made once.
// Invariant: what is shared so is frozen, so that nobody who changes one report changes the next one, or its verdict.

/** `find`, called once for each object, for as long as that is there. Objects are told apart by identity. */
export function oncePerObject<K extends object, T>(find: (object: K) => T): (object: K) => T {
  const known = new WeakMap<K, { readonly value: T }>();
  return (object) => {
    const kept = known.get(object);
    if (kept !== undefined) return kept.value;
    const value = find(object);
    known.set(object, { value });
    return value;
  };
}

/** `find`, called once for each of the texts that came last: at most `MOST_TEXTS` of them, and no long ones. */
export function oncePerText<T>(find: (text: string) => T): (text: string) => T {
  const known = new Map<string, { readonly value: T }>();
  return (text) => {
    const kept = known.get(text);
    if (kept !== undefined) return kept.value;
    const value = find(text);
    if (known.size >= MOST_TEXTS) known.clear();
    if (text.length <= LONGEST_TEXT) known.set(text, { value });
    return value;
  };
}

const MOST_TEXTS = 64;
const LONGEST_TEXT = 2048;

/** Set by the build of the program, where reports are printed and given to nobody. */
declare const TOKCTL_KEEPS_REPORTS: true | undefined;

/**
 * The same value, which nobody can change any more, whatever is in it. It must hold no circle. The program leaves it as it is:
 * the JSON of what is frozen takes V8 two to three times as long, from Node 24 on.
 */
export function frozen<T>(value: T): T {
  if (typeof TOKCTL_KEEPS_REPORTS !== 'undefined') return value;
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}
