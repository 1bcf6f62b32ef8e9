// The compiled code of the program, kept between runs: compiling takes longer than most answers (docs/performance.md).
// It is code that will be run: it is read from a folder only that nobody but this user can write to (security.md D8), and
// is V8's to accept or to refuse. Whatever goes wrong here, the program runs without it: nothing is told.

import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

export interface KeptCode {
  /** What was kept under that name, or undefined. */
  read(name: string): Buffer | undefined;
  /** Keeps it under that name, whole or not at all. */
  write(name: string, code: Buffer): void;
}

export interface KeptCodeOptions {
  env: NodeJS.ProcessEnv;
  /** The effective user. Undefined where the platform has none: there nothing is kept. */
  userId: number | undefined;
  /** Tells builds apart: code is only good for the text that it was compiled from. */
  build: string;
  /** Tells engines apart. */
  engine: string;
}

const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

/** The code that is kept for this user, or undefined where none may be: no home, or a variable of Node says so. */
export function keptCode({ env, userId, build, engine }: KeptCodeOptions): KeptCode | undefined {
  const base = cacheHome(env);
  const isUnwanted = env['NODE_DISABLE_COMPILE_CACHE'] !== undefined || env['NODE_V8_COVERAGE'] !== undefined;
  if (base === undefined || userId === undefined || isUnwanted) return undefined;
  const tokctl = join(base, 'tokctl');
  const folder = join(tokctl, 'code', engine, build);
  const isOurs = ({ uid, mode }: Stats): boolean => uid === userId && (mode & 0o077) === 0;
  const isPrivate = once(() => {
    const all = [tokctl, folder].map((path) => lstatSync(path));
    return all.every((facts) => facts.isDirectory() && isOurs(facts));
  });

  const read = (name: string): Buffer | undefined => {
    if (!isPrivate()) return undefined;
    const file = openSync(join(folder, name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const facts = fstatSync(file);
      if (!facts.isFile() || !isOurs(facts)) return undefined;
      const sealed = Buffer.allocUnsafeSlow(facts.size);
      return readSync(file, sealed, 0, facts.size, 0) === facts.size ? unsealed(sealed) : undefined;
    } finally {
      closeSync(file);
    }
  };

  const write = (name: string, code: Buffer): void => {
    for (const path of [base, tokctl, join(tokctl, 'code'), join(tokctl, 'code', engine), folder]) makeFolder(path);
    if (!isPrivate()) return;
    const temporary = join(folder, `.${name}.${process.pid}-${process.hrtime.bigint()}.tmp`);
    try {
      writeFileSync(temporary, Buffer.concat([code, sealOf(code)]), { mode: 0o600, flag: 'wx' });
      renameSync(temporary, join(folder, name));
    } finally {
      rmSync(temporary, { force: true });
    }
    forgetOthers(join(tokctl, 'code', engine), build);
  };

  return { read: (name) => orNothing(() => read(name)), write: (name, code) => orNothing(() => write(name, code)) };
}

/** One at a time: making all at once never ends on a file system that refuses, such as /proc (Node 20). */
function makeFolder(path: string): void {
  if (!existsSync(path)) mkdirSync(path, { mode: 0o700 });
}

// V8 looks at the beginning of what it is given, and runs the rest whatever it holds: a file that lost its end, or a page to a
// machine that lost its power, must not be given to it. A sum over every 64th byte finds both.
const SEAL = 8;
const STEP = 64;

function sealOf(code: Buffer): Buffer {
  let sum = 0;
  for (let at = 0; at < code.length; at += STEP) sum = (Math.imul(sum, 31) + (code[at] ?? 0)) >>> 0;
  const seal = Buffer.alloc(SEAL);
  seal.writeUInt32LE(code.length, 0);
  seal.writeUInt32LE(sum, 4);
  return seal;
}

function unsealed(sealed: Buffer): Buffer | undefined {
  if (sealed.length < SEAL) return undefined;
  const code = sealed.subarray(0, -SEAL);
  return sealOf(code).equals(sealed.subarray(-SEAL)) ? code : undefined;
}

const cacheHome = ({ XDG_CACHE_HOME, HOME }: NodeJS.ProcessEnv): string | undefined => {
  if (XDG_CACHE_HOME?.startsWith('/')) return XDG_CACHE_HOME;
  return HOME?.startsWith('/') ? join(HOME, '.cache') : undefined;
};

/** What other builds kept for this engine: they are gone, most likely. */
function forgetOthers(folder: string, build: string): void {
  for (const name of readdirSync(folder))
    if (name !== build) rmSync(join(folder, name), { recursive: true, force: true });
}

/** True is remembered; what throws or is false may be otherwise after the folder was made. */
function once(find: () => boolean): () => boolean {
  let found = false;
  return () => {
    found ||= find();
    return found;
  };
}

function orNothing<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
