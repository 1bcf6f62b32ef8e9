// The machine as tokctl sees it: the only file that knows `process`. What ends the program, and how, is decided here.
// Invariant: what a short run does not need is not loaded. `process.stdin`, `stdout` and `stderr` bring all of node:net and
// node:stream, which takes longer than the answer itself; they are opened for terminals, and for more than a screenful.

import {
  closeSync,
  createReadStream,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { TokctlError } from '../core/errors.ts';
import type { Host, OutputStream, Thread } from './host.ts';
import type { PrivateFolder } from './private-folder.ts';

const DEFAULT_LIMIT = 16 * 1024 * 1024;
/** Milliseconds that a `cmd:` source may take. */
const COMMAND_TIME = 30_000;

export interface NodeHost extends Host {
  /** Resolves when everything written is out, or cannot get out any more. */
  flushed(): Promise<void>;
}

/** The real machine. `signal` aborts at Ctrl-C. */
export function nodeHost(signal: AbortSignal): NodeHost {
  const stdout = outputStream(1, () => process.stdout);
  const stderr = outputStream(2, () => process.stderr);
  return {
    stdin: {
      get isTTY() {
        return mayBeTerminal(0) && process.stdin.isTTY === true;
      },
      isPiped: isConnected(),
      read: readStdin,
      lineGroups: () => lineGroupsOf(process.stdin),
    },
    stdout,
    stderr,
    flushed: async () => void (await Promise.all([stdout.flushed(), stderr.flushed()])),
    env: process.env,
    files: {
      read: readFile,
      facts,
      create,
      append: async (path, text) => (await fileSystem()).appendFile(path, text),
      replace,
      lineGroups: (path) => lineGroupsOf(createReadStream(path)),
    },
    privateFolder: ownFolder,
    threads: { most: mostThreads, start: startThread },
    now: () => Date.now(),
    signal,
    ask,
    capture,
  };
}

/** What a thread begins with: the build puts it beside the program, and a program of one file has none. */
const threadFile = (): string => join(__dirname, 'thread.cjs');

interface Waiting {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}

/**
 * V8 lets a heap grow by what the machine has, and each thread has one of its own: enough for the largest tokens, and
 * room for some hundred of what is thrown away after a token.
 */
const THREAD_MEMORY = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 128 };

/** A worker thread answers in the order in which it is asked; one that fails takes all that is waiting with it. */
function startThread(): Thread {
  const { Worker } = process.getBuiltinModule('node:worker_threads');
  const worker = new Worker(threadFile(), {
    argv: process.argv.slice(2),
    resourceLimits: THREAD_MEMORY,
  });
  const waiting: Waiting[] = [];
  worker.on('message', (result) => waiting.shift()?.resolve(result));
  worker.on('error', (error) => {
    for (const { reject } of waiting.splice(0)) reject(error);
  });
  return {
    run: (work) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        worker.postMessage(work);
      }),
    stop: () => void worker.terminate(),
  };
}

const mostThreads = (): number =>
  existsSync(threadFile()) ? process.getBuiltinModule('node:os').availableParallelism() : 1;

const fileSystem = () => import('node:fs/promises');

async function ownFolder(path: string): Promise<PrivateFolder> {
  const [{ privateFolder }, fs] = await Promise.all([import('./private-folder.ts'), fileSystem()]);
  return privateFolder(path, { fs, userId: process.geteuid?.(), unique });
}

const unique = (): string => `${process.pid}-${process.hrtime.bigint()}`;

function factsOf(descriptor: number): Stats | undefined {
  try {
    return fstatSync(descriptor);
  } catch {
    return undefined;
  }
}

/** A pipe, a file or a socket; not a terminal, and not nothing (`/dev/null`, a closed descriptor). */
function isConnected(): boolean {
  const facts = factsOf(0);
  return facts !== undefined && (facts.isFIFO() || facts.isFile() || facts.isSocket());
}

/** A character device that is not `/dev/null`, of which many a script makes its stdin or stdout. */
function mayBeTerminal(descriptor: number): boolean {
  const facts = factsOf(descriptor);
  if (facts?.isCharacterDevice() === false) return false;
  return facts?.rdev !== statSync('/dev/null', { throwIfNoEntry: false })?.rdev;
}

/** Bytes that are written at once: less than the smallest pipe holds, so that no reader can make the program wait. */
const AT_ONCE = 16 * 1024;

interface FlushableStream extends OutputStream {
  flushed(): Promise<void>;
}

function outputStream(descriptor: 1 | 2, open: () => NodeJS.WriteStream): FlushableStream {
  const isTerminal = mayBeTerminal(descriptor) && open().isTTY === true;
  let left = isTerminal || process.platform === 'win32' ? 0 : AT_ONCE;
  let stream: OpenStream | undefined;
  return {
    isTTY: isTerminal,
    get columns() {
      // Some terminals say 0: they do not know.
      return (isTerminal && open().columns) || undefined;
    },
    get isClosed() {
      return stream?.isClosed() === true;
    },
    async write(text) {
      const bytes = Buffer.from(text);
      left -= bytes.length;
      const written = left >= 0 ? writeNow(descriptor, bytes) : 0;
      if (written === bytes.length) return;
      left = 0;
      stream ??= openStream(open(), descriptor === 1);
      await stream.write(bytes.subarray(written));
    },
    flushed: async () => stream?.flushed(),
  };
}

/** How many of the bytes could be written without waiting, if any; the stream writes the rest, and meets the fault if there is one. */
function writeNow(descriptor: 1 | 2, bytes: Buffer): number {
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(descriptor, bytes, written);
  } catch {
    // EAGAIN, EPIPE, ENOSPC
  }
  return written;
}

interface OpenStream {
  write(bytes: Buffer): Promise<void>;
  flushed(): Promise<void>;
  isClosed(): boolean;
}

/** `holdsAnswer`: what cannot be written is told as a fault; talk that is lost changes no answer. */
function openStream(stream: NodeJS.WriteStream, holdsAnswer: boolean): OpenStream {
  let closed = false;
  stream.on('error', () => {
    closed = true;
  });
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        if (closed || stream.destroyed) return resolve();
        stream.write(bytes, (error) => {
          // The event comes later, and whoever waits for this write goes on before it.
          closed ||= error != null;
          if (holdsAnswer && isRealFault(error)) reject(notWritten(error));
          else resolve();
        });
      }),
    isClosed: () => closed || stream.destroyed,
    flushed: () =>
      new Promise((resolve) => {
        if (stream.destroyed || stream.writableLength === 0) return resolve();
        stream.write('', () => resolve());
      }),
  };
}

const notWritten = ({ code }: NodeJS.ErrnoException): Error =>
  new TokctlError('ERR_USAGE', `expected to write the answer to stdout, got \`${code}\`: ${whyNot(code)}`, {
    hint: 'make room, or have it written elsewhere; the exit code of this run tells nothing of the token',
  });

const whyNot = (code = ''): string =>
  code === 'ENOSPC' || code === 'EDQUOT' ? 'no space is left' : 'it could not be taken';

/** A reader that went away is no fault; a full disk is. */
const isRealFault = (error: NodeJS.ErrnoException | null | undefined): error is NodeJS.ErrnoException =>
  error != null && error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED';

const tooLarge = (): Error => Object.assign(new Error('too large'), { code: 'EFBIG' });

async function readStdin(limit = DEFAULT_LIMIT): Promise<string> {
  const bytes = factsOf(0)?.isFile() === true ? readNow(0, limit) : await readStream(process.stdin, limit);
  return bytes.toString('utf8');
}

async function readStream(stream: NodeJS.ReadableStream, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // A pipe such as <(command) has no size: what comes is counted.
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The rest of a regular file: it never makes the program wait for somebody else. */
function readNow(descriptor: number, limit: number): Buffer {
  const chunks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(64 * 1024);
    const count = readSync(descriptor, chunk);
    size += count;
    if (size > limit) throw tooLarge();
    if (count === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, count));
  }
}

/** Lines without their ends. A last line without an end counts. */
async function* lineGroupsOf(stream: NodeJS.ReadableStream): AsyncGenerator<string[]> {
  const lines = await import('./batch/lines.ts');
  yield* lines.lineGroupsOf(stream as AsyncIterable<Buffer>);
}

async function readFile(path: string, limit = DEFAULT_LIMIT): Promise<Buffer> {
  const facts = statSync(path);
  if (facts.isDirectory()) throw Object.assign(new Error('a directory'), { code: 'EISDIR' });
  if (!facts.isFile()) return readStream(createReadStream(path), limit);
  const descriptor = openSync(path, 'r');
  try {
    return readNow(descriptor, limit);
  } finally {
    closeSync(descriptor);
  }
}

async function facts(path: string) {
  try {
    const found = statSync(path);
    return { mode: process.platform === 'win32' ? undefined : found.mode & 0o777, isFile: found.isFile() };
  } catch {
    return undefined;
  }
}

async function create(path: string, content: string, mode: number): Promise<void> {
  const { mkdir, open } = await fileSystem();
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(content);
  } finally {
    await file.close();
  }
}

/** Written beside its place and renamed: a reader sees the old file or the new one, and a failure leaves the old one. */
async function replace(path: string, content: string): Promise<void> {
  const { open, realpath, rename, rm, stat, writeFile } = await fileSystem();
  const real = await realpath(path).catch(() => path);
  const found = await stat(real).catch(() => undefined);
  // A pipe or a device such as /dev/stderr has no old content to keep, and renaming would take its place away.
  if (found !== undefined && !found.isFile()) return writeFile(real, content);
  const temporary = join(dirname(real), `.${basename(real)}.${unique()}`);
  const file = await open(temporary, 'wx', found === undefined ? 0o666 : found.mode & 0o777);
  try {
    await file.writeFile(content).finally(() => file.close());
    await rename(temporary, real);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function ask(question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

async function capture(command: string): Promise<string> {
  const { execFile } = await import('node:child_process');
  const [shell, flag] = process.platform === 'win32' ? ['cmd.exe', '/c'] : ['/bin/sh', '-c'];
  return new Promise((resolve, reject) => {
    const child = execFile(shell, [flag, command], { timeout: COMMAND_TIME, encoding: 'utf8' }, (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    );
    child.stdin?.end();
  });
}
