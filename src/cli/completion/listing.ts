// The names that a completion script asks for while somebody types: profiles, checks, words to explain.
// Invariant: a name that a shell could take for more than a word is left out, because the file may be a stranger's; and
// nothing is said of a file that is missing or wrong, because it would be said into the line that is being typed.

import { isJsonObject } from '../../core/json.ts';
import type { Host } from '../host.ts';
import type { Listing } from './model.ts';

const LISTINGS: Readonly<Record<Listing, (host: Host) => Promise<string[]>>> = {
  profiles: async (host) => {
    const { configPath } = await import('../config-file.ts');
    return namesIn(configPath(host), 'profiles', host);
  },
  checks: (host) => namesIn('tokctl.yaml', 'checks', host),
  words: async () => {
    const { allExplanations } = await import('../../explain/explain.ts');
    return allExplanations().map(({ word }) => word);
  },
};

const LIMIT = 1024 * 1024;
const PLAIN = /^[A-Za-z0-9_][A-Za-z0-9_.:-]*$/;

/** True for a word that names a listing. */
export const isListing = (word: string): word is Listing => Object.hasOwn(LISTINGS, word);

/** The names, sorted. Never throws. */
export async function listed(listing: Listing, host: Host): Promise<string[]> {
  const names = await LISTINGS[listing](host).catch((): string[] => []);
  return [...new Set(names)].filter((name) => PLAIN.test(name)).sort();
}

/** The keys of a mapping at the top of a YAML file; neither is checked, which would take twice as long. */
async function namesIn(path: string | undefined, member: string, { files }: Host): Promise<string[]> {
  if (path === undefined) return [];
  const text = (await files.read(path, LIMIT)).toString('utf8');
  const { readYaml } = await import('../yaml-document.ts');
  const { value } = readYaml(text);
  const found = isJsonObject(value) ? value[member] : undefined;
  return isJsonObject(found) ? Object.keys(found) : [];
}
