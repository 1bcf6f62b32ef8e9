// A Host in memory: what a test does not give is not there, and what it did not expect fails.

import { posix } from 'node:path';
import type { FileFacts, Host } from '../../src/cli/host.ts';
import type { FetchLike } from '../../src/protocol/http/network.ts';

export interface FakeFile {
  readonly content: string | Uint8Array;
  readonly mode?: number;
}

export interface FakeHostOptions {
  readonly env?: Record<string, string | undefined>;
  /** By path; a text has mode 0600. `null` is a directory. An error is thrown when the file is read. */
  readonly files?: Record<string, string | FakeFile | Error | null>;
  /** What is piped in. Absent: nothing is connected, or the terminal with `tty`. */
  readonly stdin?: string;
  /** True: stdin (unless piped), stdout and stderr are terminals. */
  readonly tty?: boolean;
  readonly columns?: number;
  /** Default: fails the test that asks the network. */
  readonly fetch?: FetchLike;
  /** Milliseconds since 1970. Default: 2026-11-21T00:00:00Z. */
  readonly now?: number | (() => number);
  /** The output or the error of each shell command; others fail. */
  readonly commands?: Record<string, string | Error>;
  /** What is typed at each question, in order; one more question fails. */
  readonly answers?: readonly string[];
  readonly signal?: AbortSignal;
}

export interface FakeHost {
  readonly host: Host;
  stdout(): string;
  stderr(): string;
  /** The files as they are now, by path, with what was created. */
  readonly files: ReadonlyMap<string, FakeFile>;
  /** The questions that were asked. */
  readonly questions: readonly string[];
}

export const fault = (code: string): Error => Object.assign(new Error(code), { code });

export function fakeHost(options: FakeHostOptions = {}): FakeHost {
  const { env = {}, stdin, tty = false, now = Date.UTC(2026, 10, 21), signal = new AbortController().signal } = options;
  const stdout = fakeStream(options);
  const stderr = fakeStream(options);
  const disk = fakeDisk(options.files ?? {});
  const questions: string[] = [];
  const host: Host = {
    stdin: { isTTY: tty && stdin === undefined, isPiped: stdin !== undefined, ...fakeInput(stdin) },
    stdout: stdout.stream,
    stderr: stderr.stream,
    env,
    files: disk.files,
    now: typeof now === 'number' ? () => now : now,
    signal,
    ask: async (question) => {
      questions.push(question);
      const answer = options.answers?.[questions.length - 1];
      if (answer === undefined) throw new Error(`a question that was not expected: ${question}`);
      return answer;
    },
    capture: async (command) => {
      const output = options.commands?.[command];
      if (output === undefined) throw new Error(`a command that was not expected: ${command}`);
      if (output instanceof Error) throw output;
      return output;
    },
    fetch:
      options.fetch ??
      (async (url) => {
        throw new Error(`a request that was not expected: ${url}`);
      }),
  };
  return { host, stdout: stdout.text, stderr: stderr.text, files: disk.stored, questions };
}

function fakeStream({ tty = false, columns }: FakeHostOptions) {
  let written = '';
  const write = async (text: string) => {
    written += text;
  };
  return { stream: { isTTY: tty, columns: tty ? (columns ?? 80) : undefined, write }, text: () => written };
}

function fakeInput(content: string | undefined) {
  let isRead = false;
  const take = (): string => {
    if (content === undefined) throw new Error('stdin was read, and nothing is connected to it');
    if (isRead) throw new Error('stdin was read twice');
    isRead = true;
    return content;
  };
  return {
    read: async (limit = Number.POSITIVE_INFINITY) => {
      const text = take();
      if (Buffer.byteLength(text) > limit) throw fault('EFBIG');
      return text;
    },
    async *lineGroups() {
      yield linesOf(take());
    },
  };
}

const linesOf = (text: string): string[] => text.replace(/\r?\n$/, '').split(/\r?\n/);

function fakeDisk(given: NonNullable<FakeHostOptions['files']>) {
  const stored = new Map<string, FakeFile>();
  const odd = new Map<string, Error | null>();
  for (const [path, file] of Object.entries(given)) {
    if (file === null || file instanceof Error) odd.set(path, file);
    else stored.set(path, typeof file === 'string' ? { content: file } : file);
  }
  const read = async (path: string, limit = Number.POSITIVE_INFINITY): Promise<Buffer> => {
    const error = odd.get(path);
    if (error !== undefined) throw error ?? fault('EISDIR');
    const file = stored.get(path);
    if (file === undefined) throw fault('ENOENT');
    const bytes = Buffer.from(file.content as string);
    if (bytes.length > limit) throw fault('EFBIG');
    return bytes;
  };
  const facts = async (path: string): Promise<FileFacts | undefined> => {
    const file = stored.get(path);
    if (file !== undefined) return { mode: file.mode ?? 0o600, isFile: true };
    return odd.has(path) ? { mode: 0o700, isFile: odd.get(path) !== null } : undefined;
  };
  const create = async (path: string, content: string, mode: number): Promise<void> => {
    const error = odd.get(posix.dirname(path)) ?? odd.get(path);
    if (error instanceof Error) throw error;
    if (stored.has(path) || odd.has(path)) throw fault('EEXIST');
    stored.set(path, { content, mode });
  };
  const append = async (path: string, text: string): Promise<void> => {
    if (odd.has(path)) throw odd.get(path) ?? fault('EISDIR');
    const { content = '', mode = 0o644 } = stored.get(path) ?? {};
    stored.set(path, { content: `${content}${text}`, mode });
  };
  const replace = async (path: string, content: string): Promise<void> => {
    const error = odd.get(posix.dirname(path)) ?? odd.get(path);
    if (error instanceof Error) throw error;
    if (odd.has(path)) throw fault('EISDIR');
    stored.set(path, { content, mode: stored.get(path)?.mode ?? 0o644 });
  };
  async function* lineGroups(path: string): AsyncGenerator<string[]> {
    yield linesOf((await read(path)).toString('utf8'));
  }
  return { files: { read, facts, create, append, replace, lineGroups }, stored };
}
