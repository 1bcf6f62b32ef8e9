// Answers for a scripted server: the good ones, and the bad ones that servers, gateways and attackers give.

import type { Socket } from 'node:net';
import type { Answer } from './scripted-server.ts';

export interface AnswerOptions {
  status?: number;
  headers?: Record<string, string>;
}

/** Writes these bytes and leaves the connection open. */
export const bytes =
  (...parts: (string | Uint8Array)[]): Answer =>
  (socket) => {
    for (const part of parts) socket.write(part);
  };

/** Writes these bytes and ends the connection in order. */
export const bytesAndEnd =
  (...parts: (string | Uint8Array)[]): Answer =>
  (socket) => {
    socket.end(Buffer.concat(parts.map((part) => Buffer.from(part as string))));
  };

/** The head of a response. */
export function head(headers: Record<string, string>, { status = 200 }: AnswerOptions = {}): string {
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Whatever\r\n${fields.join('')}\r\n`;
}

/** A body of that type with a true Content-Length. */
export function body(type: string, content: string | Uint8Array, options: AnswerOptions = {}): Answer {
  const length = String(Buffer.from(content as string).byteLength);
  return bytes(head({ 'content-type': type, 'content-length': length, ...options.headers }, options), content);
}

export const json = (value: unknown, options: AnswerOptions = {}): Answer =>
  body('application/json', JSON.stringify(value), options);

/** A status without a body. */
export const status = (code: number, headers: Record<string, string> = {}): Answer =>
  bytes(head({ 'content-length': '0', ...headers }, { status: code }));

/** Reads the request and says nothing. */
export const silence: Answer = () => {};

/** Breaks the connection with a TCP reset. */
export const reset: Answer = (socket) => {
  socket.resetAndDestroy();
};

/** Writes these bytes, then resets. */
export const bytesAndReset =
  (text: string): Answer =>
  (socket) => {
    socket.write(text, () => socket.resetAndDestroy());
  };

/** The head, then one byte every few milliseconds for as long as anyone reads. */
export const dribble =
  (headers: Record<string, string>): Answer =>
  (socket) => {
    socket.write(head(headers));
    const timer = setInterval(() => socket.write(' '), 5);
    socket.on('close', () => clearInterval(timer));
  };

/** Writes parts until the connection ends, and counts the bytes of them that it got rid of. */
export function endless(start: string, part: Uint8Array): Answer & { written: number } {
  const answer = Object.assign(
    (socket: Socket) => {
      socket.write(start);
      const pour = () => {
        if (socket.destroyed) return;
        answer.written += part.byteLength;
        if (socket.write(part)) setImmediate(pour);
        else socket.once('drain', pour);
      };
      pour();
    },
    { written: 0 },
  );
  return answer;
}

/** The body in chunks of that many bytes (RFC 9112 §7.1). */
export function chunked(content: string, size: number, headers: Record<string, string> = {}): Answer {
  const parts: string[] = [];
  for (let at = 0; at < content.length; at += size) {
    const part = content.slice(at, at + size);
    parts.push(`${part.length.toString(16)}\r\n${part}\r\n`);
  }
  const start = head({ 'content-type': 'application/json', 'transfer-encoding': 'chunked', ...headers });
  return bytes(`${start}${parts.join('')}0\r\n\r\n`);
}
