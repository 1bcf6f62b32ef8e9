// The compiled code of the program, kept between runs: compiling takes longer than most answers (docs/performance.md).
// It is code that will be run, so it stands beside the program, belongs to whoever the program belongs to, and is read only
// where nobody else can write: whoever could change it could change the program. Nothing is kept anywhere else. Whatever
// goes wrong here, the program runs without it: nothing is told.

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
  statSync,
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
  /** The folder of the program. */
  program: string;
  env: NodeJS.ProcessEnv;
  /** The effective user. Undefined where the platform has none: there nothing is kept. */
  userId: number | undefined;
  /** Tells builds apart: code is only good for the text that it was compiled from. */
  build: string;
  /** Tells engines apart. */
  engine: string;
}

const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

/** Written to by nobody but its owner. */
const WRITABLE_BY_OTHERS = 0o022;

/** The code that is kept for the program, or undefined where none may be: Node is told so, or the platform has no owners. */
export function keptCode({ program, env, userId, build, engine }: KeptCodeOptions): KeptCode | undefined {
  const isUnwanted = env['NODE_DISABLE_COMPILE_CACHE'] !== undefined || env['NODE_V8_COVERAGE'] !== undefined;
  if (userId === undefined || isUnwanted) return undefined;
  const all = join(program, '.code');
  const folder = join(all, engine, build);
  const owner = once(() => statSync(program).uid);
  const isSafe = ({ uid, mode }: Stats): boolean => uid === owner() && (mode & WRITABLE_BY_OTHERS) === 0;

  const read = (name: string): Buffer | undefined => {
    const file = openSync(join(folder, name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const [facts, around] = [fstatSync(file), lstatSync(folder)];
      if (!facts.isFile() || !isSafe(facts) || !around.isDirectory() || !isSafe(around)) return undefined;
      const sealed = Buffer.allocUnsafeSlow(facts.size);
      return readSync(file, sealed, 0, facts.size, 0) === facts.size ? unsealed(sealed) : undefined;
    } finally {
      closeSync(file);
    }
  };

  const write = (name: string, code: Buffer): void => {
    // Another user would leave files behind that the owner cannot take away.
    if (owner() !== userId) return;
    for (const path of [all, join(all, engine), folder]) if (!existsSync(path)) mkdirSync(path, { mode: 0o755 });
    const temporary = join(folder, `.${name}.${process.pid}-${process.hrtime.bigint()}.tmp`);
    try {
      writeFileSync(temporary, Buffer.concat([code, sealOf(code)]), { mode: 0o644, flag: 'wx' });
      renameSync(temporary, join(folder, name));
    } finally {
      rmSync(temporary, { force: true });
    }
    forgetOthers(join(all, engine), build);
  };

  return { read: (name) => orNothing(() => read(name)), write: (name, code) => orNothing(() => write(name, code)) };
}

/** What other builds kept for this engine: they are gone. */
function forgetOthers(folder: string, build: string): void {
  for (const name of readdirSync(folder))
    if (name !== build) rmSync(join(folder, name), { recursive: true, force: true });
}

function once<T>(find: () => T): () => T {
  let found: T | undefined;
  return () => {
    found ??= find();
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

// ---------------------------------------------------------------- whole or not

// V8 looks at the beginning of what it is given, and runs the rest whatever it holds: a file that lost its end, or a page to a
// machine that lost its power, must not be given to it. A sum over four bytes of every 512 finds both.
const SEAL = 8;
const STEP = 512 / 4;

function sealOf(code: Buffer): Buffer {
  const words = new Uint32Array(code.buffer, code.byteOffset, code.length >> 2);
  let sum = 0;
  for (let at = 0; at < words.length; at += STEP) sum = (Math.imul(sum, 31) + (words[at] ?? 0)) >>> 0;
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
