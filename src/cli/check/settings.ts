// The settings of one check: flag > environment > tokctl.yaml > the user's profile > default.
// Invariant: a check that says whom to ask gets nothing of the user's profile, so that a file from a stranger's repository
// cannot send the user's credentials to a server of its own (security.md O8).

import { OPTIONS } from '../options.ts';
import { type Origin, type Setting, Settings } from '../settings.ts';
import type { PlannedCheck } from './plan.ts';

/** Options that say whom to ask, or whose keys to believe. */
const PLACES: readonly string[] = ['issuer', 'metadata-url', 'introspection-endpoint', 'jwks', 'key', 'resource'];

export function settingsFor({ values, issuers = [] }: PlannedCheck, base: Settings): Settings {
  const namesPlace = PLACES.some((name) => values.has(name));
  const own = [...values].map(([name, value]): [string, Setting] => [name, { value, origin: 'profile' }]);
  return new Settings(
    new Map([
      ...layer(base, 'default'),
      ...(namesPlace ? [] : layer(base, 'profile')),
      ...own,
      ...layer(base, 'environment'),
      ...layer(base, 'flag'),
    ]),
    base.profile,
    { issuers: [...issuers, ...base.issuers] },
  );
}

const layers = new WeakMap<Settings, Partial<Record<Origin, [string, Setting][]>>>();

/** The settings of that origin; found once, because thousands of checks may stand on the same base. */
function layer(settings: Settings, origin: Origin): [string, Setting][] {
  const known = layers.get(settings) ?? {};
  layers.set(settings, known);
  known[origin] ??= OPTIONS.flatMap(({ name }): [string, Setting][] => {
    const setting = settings.get(name);
    return setting?.origin === origin ? [[name, setting]] : [];
  });
  return known[origin];
}
