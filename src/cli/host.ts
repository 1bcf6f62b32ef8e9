// The one door to the machine: streams, environment, files, clock, terminal. Nothing else in src/ knows `process`.

import type { FetchLike } from '../protocol/http/network.ts';
import type { PrivateFolder } from './private-folder.ts';

export interface OutputStream {
  readonly isTTY: boolean;
  /** Width in columns, where it is a terminal. */
  readonly columns: number | undefined;
  /** True once a write has shown that nobody reads it any more. */
  readonly isClosed?: boolean;
  /** Resolves when the text was taken; a closed pipe is no error, further writes are dropped. */
  write(text: string): Promise<void>;
}

export interface FileFacts {
  /** Permission bits, such as 0o644; undefined where the platform has none. */
  mode: number | undefined;
  isFile: boolean;
}

export interface Files {
  /** @throws the error of node:fs, with `code`. Refuses a directory and more than `limit` bytes (`code` is EFBIG). */
  read(path: string, limit?: number): Promise<Buffer>;
  facts(path: string): Promise<FileFacts | undefined>;
  /** Creates a new file with that mode and its folders; fails with EEXIST if it is there. */
  create(path: string, content: string, mode: number): Promise<void>;
  /** Adds to the end of a file, which is made if it is not there; its folder is not. */
  append(path: string, text: string): Promise<void>;
  /** Puts the content in place of what a file held, whole or not at all; its folder must be there. */
  replace(path: string, content: string): Promise<void>;
  /** The lines of a file, without their ends, as they are read: those that came at once together. */
  lineGroups(path: string): LineSource;
}

/** Lines, some at once. */
export type LineSource = AsyncIterable<string[]>;

/** A thread that does what it is given, one after the other. */
export interface Thread {
  /** What came out of it. @throws what the thread failed with */
  run(work: unknown): Promise<unknown>;
  stop(): void;
}

export interface Threads {
  /** As many as work side by side on this machine. */
  most(): number;
  start(): Thread;
}

export interface Host {
  readonly stdin: {
    readonly isTTY: boolean;
    /** True when something is connected that can be read: a pipe or a file, not a terminal and not nothing. */
    readonly isPiped: boolean;
    /** All of it as text. @throws with code EFBIG beyond `limit` bytes. */
    read(limit?: number): Promise<string>;
    lineGroups(): LineSource;
  };
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files: Files;
  /** A folder that is the user's alone, for `--cache`. Absent: nothing is kept. */
  readonly privateFolder?: (path: string) => Promise<PrivateFolder>;
  /** Milliseconds since 1970. */
  now(): number;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Asks on the terminal and gives the line typed. Only called when stdin and stderr are terminals. */
  ask(question: string): Promise<string>;
  /** Runs a shell command of the user and gives its stdout (`cmd:` secret sources). */
  capture(command: string): Promise<string>;
  /** Other threads of this program with the same command line. Absent: one thread does everything. */
  readonly threads?: Threads;
  /** A transport in place of the real one; tests give it. */
  readonly fetch?: FetchLike;
}
