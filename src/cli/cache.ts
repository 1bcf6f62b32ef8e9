// `--cache`: metadata and JWK Sets on disk, for as long as a person said and never longer than a day. No token, no secret.
// Invariant: the cache only saves requests. Where it cannot be read or written the run goes on without it, and what stands
// in it is believed only for the exact URL and issuer it was fetched for (security.md D7, D8).

import { createHash } from 'node:crypto';
import { isAbsolute, join } from 'node:path';
import { escapeText } from '../core/escape.ts';
import { parseDuration } from '../core/time.ts';
import type { DocumentKey, DocumentStore, KeptDocument } from '../request.ts';
import type { Host } from './host.ts';
import type { PrivateFolder } from './private-folder.ts';
import type { Settings } from './settings.ts';

/** Seconds. Keys that were withdrawn must not be believed for ever, whatever was typed. */
export const LONGEST = 24 * 3600;

/** Bytes of an entry; a larger document is not kept. */
export const MAX_ENTRY_BYTES = 512 * 1024;

/** Entries that are kept; beyond that the oldest go. */
export const MAX_ENTRIES = 128;

const SCHEMA = 'tokctl.cache/1';

interface Entry extends DocumentKey {
  schema: typeof SCHEMA;
  /** Seconds since 1970. */
  fetched_at: number;
  document: string;
}

/** The store of a run; undefined without `--cache`, and where the machine has no place for it. */
export async function documentStore(settings: Settings, host: Host): Promise<DocumentStore | undefined> {
  const maxAge = Math.min(parseDuration(settings.text('cache') ?? '') ?? 0, LONGEST);
  const path = cachePath(host.env);
  if (maxAge <= 0 || path === undefined || host.privateFolder === undefined) return undefined;
  const folder = await host.privateFolder(path);
  const nameOf = fileNames(settings, host);
  const note = noteOnce(settings, host, path);
  return {
    get: (key) => readEntry(folder, nameOf(key), { key, maxAge, now: host.now() / 1000 }).catch(note),
    put: (key, text) => writeEntry(folder, nameOf(key), entryOf(key, text, host)).catch(note),
  };
}

/** `$XDG_CACHE_HOME/tokctl`, else `~/.cache/tokctl`; a relative path is to be ignored (XDG Base Directory). */
export function cachePath({ XDG_CACHE_HOME: xdg, HOME: home, LOCALAPPDATA: local }: Host['env']): string | undefined {
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'tokctl');
  if (home !== undefined && isAbsolute(home)) return join(home, '.cache', 'tokctl');
  return local !== undefined && isAbsolute(local) ? join(local, 'tokctl', 'cache') : undefined;
}

/** The name is a hash of URL and issuer, and of the CA files: what one CA vouched for, a run without it must not believe. */
function fileNames(settings: Settings, { env }: Host): (key: DocumentKey) => string {
  const trust = [settings.text('tls-ca') ?? '', env['SSL_CERT_FILE'] ?? '', env['NODE_EXTRA_CA_CERTS'] ?? ''];
  return ({ url, issuer }) =>
    `${createHash('sha256')
      .update(JSON.stringify([url, issuer, ...trust]))
      .digest('hex')}.json`;
}

const isEntryName = (name: string): boolean => /^[0-9a-f]{64}\.json$/.test(name);

// ---------------------------------------------------------------- entries

interface Wanted {
  key: DocumentKey;
  maxAge: number;
  now: number;
}

async function readEntry(folder: PrivateFolder, name: string, wanted: Wanted): Promise<KeptDocument | undefined> {
  const text = await folder.read(name, MAX_ENTRY_BYTES);
  const entry = text === undefined ? undefined : parseEntry(text);
  if (entry?.url !== wanted.key.url || entry.issuer !== wanted.key.issuer) return undefined;
  const ageSeconds = wanted.now - entry.fetched_at;
  // From the future: the clock was set back, or somebody wrote it.
  return ageSeconds >= 0 && ageSeconds < wanted.maxAge ? { text: entry.document, ageSeconds } : undefined;
}

/** Undefined for a file that is damaged, foreign, or of another version. */
function parseEntry(text: string): Entry | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isEntry(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const { schema, url, issuer, fetched_at, document } = value as Partial<Record<keyof Entry, unknown>>;
  const texts = [url, issuer, document].every((one) => typeof one === 'string');
  return schema === SCHEMA && texts && Number.isFinite(fetched_at);
}

const entryOf = ({ url, issuer }: DocumentKey, document: string, host: Host): Entry => ({
  schema: SCHEMA,
  url,
  issuer,
  fetched_at: host.now() / 1000,
  document,
});

async function writeEntry(folder: PrivateFolder, name: string, entry: Entry): Promise<void> {
  const text = JSON.stringify(entry);
  if (Buffer.byteLength(text) > MAX_ENTRY_BYTES) return;
  await folder.write(name, text);
  const now = entry.fetched_at * 1000;
  await folder.sweep({ now, maxAgeMs: LONGEST * 1000, most: MAX_ENTRIES, isOurs: isEntryName });
}

// ---------------------------------------------------------------- faults

const REASONS: Readonly<Record<string, string>> = {
  ENOTPRIVATE: 'it must be a folder of yours with mode 0700',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
  EACCES: 'no permission',
};

/** Runs that were told. */
const told = new WeakSet<Host>();

/** Said once in a run, and only to those who want to know everything: the answer does not depend on it. */
function noteOnce(settings: Settings, host: Host, path: string): (error: unknown) => Promise<undefined> {
  return async (error) => {
    if (told.has(host) || !settings.flag('verbose') || settings.flag('quiet')) return;
    told.add(host);
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    await host.stderr.write(`note: --cache: \`${escapeText(path)}\` is not used: ${REASONS[code] ?? `\`${code}\``}\n`);
  };
}
