// The renderers by name. Each is loaded when it is asked for: a program that wants JSON does not wait for a table.

import type { Renderer } from './renderer.ts';

const RENDERERS: Readonly<Record<string, () => Promise<Renderer>>> = {
  table: async () => (await import('./table.ts')).table,
  json: async () => (await import('./json.ts')).json,
  ndjson: async () => (await import('./json.ts')).ndjson,
};

/** The renderer of an output form of the option table. */
export async function rendererOf(output: string): Promise<Renderer> {
  const load = Object.hasOwn(RENDERERS, output) ? RENDERERS[output] : undefined;
  if (load === undefined) throw new Error(`no renderer for ${output}`);
  return load();
}
