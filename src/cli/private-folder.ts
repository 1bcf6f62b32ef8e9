// A folder that is one user's alone, for what later runs believe. Invariant: a file in it is whole or not there, whatever
// ends the program; links are not followed; what another user could have written is not read (security.md D8).

import type * as FileSystem from 'node:fs/promises';
import { join } from 'node:path';

export interface PrivateFolder {
  /**
   * The text of a file; undefined where there is none, or one that is not the user's alone or is larger.
   * @throws Error with `code`; ENOTPRIVATE for a folder that is not the user's alone
   */
  read(name: string, limit: number): Promise<string | undefined>;
  /** Puts a file in its place, and makes the folder if it is not there. @throws like `read` */
  write(name: string, text: string): Promise<void>;
  /** Removes what is older than `maxAgeMs`, and the oldest beyond `most`. Only files that `isOurs` knows by name. */
  sweep(sweeping: Sweeping): Promise<void>;
}

export interface Sweeping {
  /** Milliseconds since 1970. */
  now: number;
  maxAgeMs: number;
  most: number;
  isOurs: (name: string) => boolean;
}

export interface Machine {
  fs: typeof FileSystem;
  /** The effective user; undefined where the platform has none, and no permission bits either. */
  userId: number | undefined;
  /** Different at each call, in all programs that run. */
  unique: () => string;
}

/** What is written before it gets its name; a program that was killed may leave one. */
const TEMPORARY = /^\.[\w.-]+\.tmp$/;

export function privateFolder(path: string, { fs, userId, unique }: Machine): PrivateFolder {
  const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = fs.constants;
  const isPrivate = ({ uid, mode }: { uid: number; mode: number }): boolean =>
    userId === undefined || (uid === userId && (mode & 0o077) === 0);

  const assertPrivate = async (): Promise<void> => {
    const facts = await fs.lstat(path);
    if (facts.isDirectory() && isPrivate(facts)) return;
    throw Object.assign(new Error('not private'), { code: 'ENOTPRIVATE' });
  };

  const read = async (name: string, limit: number): Promise<string | undefined> => {
    await assertPrivate();
    // A pipe in the place of a file would make the program wait for a writer.
    const file = await fs.open(join(path, name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const facts = await file.stat();
      if (!facts.isFile() || !isPrivate(facts) || facts.size > limit) return undefined;
      const { bytesRead, buffer } = await file.read(Buffer.alloc(facts.size), 0, facts.size, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  };

  const write = async (name: string, text: string): Promise<void> => {
    await fs.mkdir(path, { recursive: true, mode: 0o700 });
    await assertPrivate();
    const temporary = join(path, `.${name}.${unique()}.tmp`);
    const file = await fs.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      await file.writeFile(text).finally(() => file.close());
      await fs.rename(temporary, join(path, name));
    } catch (error) {
      await fs.rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
  };

  const sweep = async ({ now, maxAgeMs, most, isOurs }: Sweeping): Promise<void> => {
    const names = (await fs.readdir(path)).filter((name) => isOurs(name) || TEMPORARY.test(name));
    const dated = await Promise.all(names.map(async (name) => ({ name, time: await timeOf(join(path, name), fs) })));
    const newestFirst = dated.sort((a, b) => b.time - a.time);
    const old = newestFirst.filter(({ time }, index) => index >= most || now - time > maxAgeMs);
    for (const { name } of old) await fs.rm(join(path, name), { force: true });
  };

  return { read: (name, limit) => read(name, limit).catch(absent), write, sweep };
}

/** A file that somebody else has just removed is as old as can be. */
const timeOf = (path: string, fs: typeof FileSystem): Promise<number> =>
  fs.lstat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );

/** No file, or a link where a file should be (ELOOP), is no fault. */
function absent(error: unknown): undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ENOENT' && code !== 'ELOOP') throw error;
}
