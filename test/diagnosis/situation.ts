// What a situation of the corpus is: a token, a server, a command, and what a person who knows the matter would say.

import type { CauseCode } from '../../src/core/causes.ts';

/** How the authorization server of a situation behaves. What is left out is as a sound server has it. */
export interface ServerBehaviour {
  /** The keys that it publishes; default: `main`, `rsa` and `next`. */
  keys?: readonly object[];
  /** Members over its metadata, by issuer; undefined takes one away. */
  metadata?: Record<string, unknown>;
  /** Status of the metadata. */
  metadataStatus?: number;
  /** The answer of its introspection endpoint, wherever that is. */
  answer?: ServerAnswer | 'unreachable';
  /** Seconds by which its clock is ahead of the one here; undefined: its answers have no `Date`. */
  ahead?: number;
  /** Answers of the JWK Set in place of `keys`. */
  jwks?: ServerAnswer;
}

export interface ServerAnswer {
  status?: number;
  json?: unknown;
  text?: string;
  type?: string;
  headers?: Record<string, string>;
}

export interface Situation {
  /** What happened, in the words of the person who tells it. */
  readonly tells: string;
  readonly token: string;
  /** As typed, without `tokctl`; the token comes on stdin. `$NAME` is the issuer or a file of the world. */
  readonly command: string;
  readonly server?: ServerBehaviour;
  readonly files?: Record<string, string>;
  readonly env?: Record<string, string>;
  /** Profiles: name to issuer. */
  readonly profiles?: Record<string, string>;
  /** The cause that a person would name first. Absent in a situation that is `open`. */
  readonly first?: CauseCode;
  /** What may stand beside it. */
  readonly also?: readonly CauseCode[];
  /** The honest answer is "unknown" or a short list: these may be named, none of them as more than possible. */
  readonly open?: readonly CauseCode[];
  /** What must not be said, because the facts speak against it. */
  readonly not?: readonly CauseCode[];
  /** Words that must stand in what is said of the first cause. */
  readonly words?: RegExp;
}

export const situations = (all: readonly Situation[]): readonly Situation[] => all;
