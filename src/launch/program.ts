// Evaluates the files of the program, with code that was compiled in an earlier run where there is some. They are CommonJS;
// what else they ask for is Node's own.

import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { Script } from 'node:vm';
import { keptCode } from './kept-code.ts';

/** The first of the files, and what tells this build from others: the build sets them. */
declare const TOKCTL_PROGRAM: string;
declare const TOKCTL_BUILD: string;

/** What some commands begin with instead: one file, in place of those that it holds. */
declare const TOKCTL_STARTS: Readonly<Record<string, { file: string; holds: readonly string[] }>>;

/** Commands that are run often have kept code each: it holds the functions that they called, and no others. */
const OFTEN = ['introspect', 'verify', 'decode', 'token', 'jwks', 'check', 'doctor'];

const [, , word = '', ...more] = process.argv;
// Help of a command calls other functions than the command does.
const command = OFTEN.includes(word) && !more.includes('--help') && !more.includes('-h') ? word : 'other';
const kept = keptCode({
  program: join(__dirname, '..'),
  env: process.env,
  userId: process.geteuid?.(),
  build: TOKCTL_BUILD,
  engine: `${process.version}-${process.arch}`,
});

interface Loaded {
  exports: unknown;
}
type Evaluate = (exports: unknown, require: (name: string) => unknown, module: Loaded, folder: string) => void;

const loaded = new Map<string, Loaded>();
const toKeep = new Map<string, Script>();

/** The exports of a file of the program, evaluated when it is first asked for; it may stand in place of others. */
function load(path: string, holds: readonly string[] = []): unknown {
  const before = loaded.get(path);
  if (before !== undefined) return before.exports;
  const module: Loaded = { exports: {} };
  for (const name of [path, ...holds]) loaded.set(name, module);
  const requireFrom = (name: string): unknown =>
    name.startsWith('.') ? load(posix.join(posix.dirname(path), name)) : require(name);
  evaluatorOf(path)(module.exports, requireFrom, module, __dirname);
  return module.exports;
}

function evaluatorOf(path: string): Evaluate {
  const name = `${path.replaceAll('/', '-')}.${command}`;
  const cachedData = kept?.read(name);
  const filename = `${__dirname}/${path}`;
  const text = functionOf(filename);
  const script = new Script(text, { filename, ...(cachedData === undefined ? {} : { cachedData }) });
  if (cachedData === undefined || script.cachedDataRejected === true) toKeep.set(name, script);
  return script.runInThisContext() as Evaluate;
}

const HEAD = '(function(exports,require,module,__dirname){';
const FOOT = '\n})';

/** The file, which is ASCII, as a function. Joined as bytes: large texts that are thrown away cost a collection of garbage. */
function functionOf(filename: string): string {
  const file = readFileSync(filename);
  const bytes = Buffer.allocUnsafeSlow(HEAD.length + file.length + FOOT.length);
  bytes.write(HEAD, 'latin1');
  bytes.set(file, HEAD.length);
  bytes.write(FOOT, HEAD.length + file.length, 'latin1');
  return bytes.toString('latin1');
}

/** Begins. */
export function launch(): void {
  const { file, holds } = TOKCTL_STARTS[command] ?? { file: TOKCTL_PROGRAM, holds: [] };
  load(file, holds);
}

/** Seconds. Of a run that takes longer, V8 has thrown away the code of functions that were not called again. */
const SHORT_RUN = 2;

// At the end, so that what is kept holds the functions that were called. A mistyped command keeps nothing.
process.on('exit', (code) => {
  if (toKeep.size === 0 || code === 2 || kept === undefined || process.uptime() > SHORT_RUN) return;
  for (const [name, script] of toKeep) kept.write(name, script.createCachedData());
});
