// Every question has its explanation, and every explanation a question.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { DOCTOR_FINDINGS } from '../../src/explain/doctor-findings.ts';
import { explain } from '../../src/explain/explain.ts';

const folder = fileURLToPath(new URL('../../src/doctor/', import.meta.url));
const asked = readdirSync(folder)
  .map((name) => readFileSync(folder + name, 'utf8'))
  .flatMap((text) => [...text.matchAll(/question\('([^']+)'(?:, '([^']+)')?/g)])
  .map(([, id = '', spec]) => [id, spec] as const);

test('every question is explained', () => {
  expect(asked.length).toBeGreaterThan(45);
  const unknown = asked.filter(([id]) => !explain(id).some(({ group }) => group === 'finding'));
  expect(unknown).toEqual([]);
});

test('nothing is explained that is not asked', () => {
  const ids = new Set(asked.map(([id]) => id));
  expect(Object.keys(DOCTOR_FINDINGS).filter((id) => !ids.has(id))).toEqual([]);
});

test('each id is asked about in one place', () => {
  const ids = asked.map(([id]) => id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});
