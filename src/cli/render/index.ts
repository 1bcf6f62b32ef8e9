// The forms by name. Each is loaded when it is asked for: a program that wants JSON does not wait for a table.

import { alone, type DocumentMaker, inSequence, type ReportDocument } from './document.ts';
import type { Renderer, Surface } from './renderer.ts';

const FORMS: Readonly<Record<string, () => Promise<DocumentMaker>>> = {
  table: async () => inSequence((await import('./table.ts')).table),
  json: async () => inSequence((await import('./json.ts')).json),
  ndjson: async () => inSequence((await import('./json.ts')).ndjson),
  markdown: async () => (await import('./markdown.ts')).markdown,
  junit: async () => (await import('./junit.ts')).junit,
  github: async () => inSequence((await import('./github.ts')).github),
  nagios: async () => (await import('./nagios.ts')).nagios,
  openmetrics: async () => (await import('./openmetrics.ts')).openmetrics,
};

function formNamed(output: string): Promise<DocumentMaker> {
  const load = Object.hasOwn(FORMS, output) ? FORMS[output] : undefined;
  if (load === undefined) throw new Error(`no renderer for ${output}`);
  return load();
}

/** The renderer of an output form of the option table, for one report that stands alone. */
export async function rendererOf(output: string): Promise<Renderer> {
  return alone(await formNamed(output));
}

/** A new document in an output form of the option table, for as many reports as there are. */
export async function documentOf(output: string, surface: Surface): Promise<ReportDocument> {
  return (await formNamed(output))(surface);
}
