// The forms of a run of checks by name. Each is loaded when it is asked for.

import type { RunRenderer } from './check-run.ts';

const FORMS: Readonly<Record<string, () => Promise<RunRenderer>>> = {
  table: async () => (await import('./check-run-table.ts')).table,
  json: async () => (await import('./check-run-json.ts')).json,
  ndjson: async () => (await import('./check-run-json.ts')).ndjson,
  junit: async () => (await import('./check-run-junit.ts')).junit,
  github: async () => (await import('./check-run-github.ts')).github,
  markdown: async () => (await import('./check-run-markdown.ts')).markdown,
  nagios: async () => (await import('./check-run-nagios.ts')).nagios,
  openmetrics: async () => (await import('./check-run-openmetrics.ts')).openmetrics,
};

export const RUN_FORMS: readonly string[] = Object.keys(FORMS);

/** @throws Error for a form that the option table does not have, which is a bug */
export function runRendererOf(form: string): Promise<RunRenderer> {
  const load = Object.hasOwn(FORMS, form) ? FORMS[form] : undefined;
  if (load === undefined) throw new Error(`no form is called ${form}`);
  return load();
}
