// The machine as tokctl sees it: the only file that knows `process`. What ends the program, and how, is decided here.

import { execFile } from 'node:child_process';
import { constants, createReadStream, fstatSync } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Host, OutputStream } from './host.ts';

const DEFAULT_LIMIT = 16 * 1024 * 1024;
/** Milliseconds that a `cmd:` source may take. */
const COMMAND_TIME = 30_000;

/** The real machine. `signal` aborts at Ctrl-C. */
export function nodeHost(signal: AbortSignal): Host {
  return {
    stdin: {
      isTTY: process.stdin.isTTY === true,
      isPiped: isConnected(),
      read: readStdin,
      lines: () => linesOf(process.stdin),
    },
    stdout: outputStream(process.stdout),
    stderr: outputStream(process.stderr),
    env: process.env,
    files: {
      read: readFile,
      facts,
      create,
      lines: (path) => linesOf(createReadStream(path)),
    },
    now: () => Date.now(),
    signal,
    ask,
    capture,
  };
}

/** A pipe, a file or a socket; not a terminal, and not nothing (`/dev/null`, a closed descriptor). */
function isConnected(): boolean {
  try {
    const facts = fstatSync(0);
    return facts.isFIFO() || facts.isFile() || facts.isSocket();
  } catch {
    return false;
  }
}

function outputStream(stream: NodeJS.WriteStream): OutputStream {
  let closed = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    closed = true;
    if (error.code !== 'EPIPE') stream.emit('tokctl:fault', error);
  });
  return {
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.columns;
    },
    write: (text) =>
      new Promise((resolve, reject) => {
        if (closed || stream.destroyed) return resolve();
        stream.write(text, (error) => (isRealFault(error) ? reject(error) : resolve()));
      }),
  };
}

/** A reader that went away is no fault; a full disk is. */
const isRealFault = (error: NodeJS.ErrnoException | null | undefined): boolean =>
  error != null && error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED';

const tooLarge = (): Error => Object.assign(new Error('too large'), { code: 'EFBIG' });

async function readStdin(limit = DEFAULT_LIMIT): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Lines without their ends. A last line without an end counts. */
async function* linesOf(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  const { createInterface } = await import('node:readline');
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) yield line;
}

async function readFile(path: string, limit = DEFAULT_LIMIT): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY);
  try {
    const facts = await file.stat();
    if (facts.isDirectory()) throw Object.assign(new Error('a directory'), { code: 'EISDIR' });
    const chunks: Buffer[] = [];
    let size = 0;
    // A pipe such as <(command) has no size: what comes is counted.
    for await (const chunk of file.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw tooLarge();
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } finally {
    await file.close();
  }
}

async function facts(path: string) {
  try {
    const found = await stat(path);
    return { mode: process.platform === 'win32' ? undefined : found.mode & 0o777, isFile: found.isFile() };
  } catch {
    return undefined;
  }
}

async function create(path: string, content: string, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(content);
  } finally {
    await file.close();
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

function capture(command: string): Promise<string> {
  const [shell, flag] = process.platform === 'win32' ? ['cmd.exe', '/c'] : ['/bin/sh', '-c'];
  return new Promise((resolve, reject) => {
    const child = execFile(shell, [flag, command], { timeout: COMMAND_TIME, encoding: 'utf8' }, (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    );
    child.stdin?.end();
  });
}
