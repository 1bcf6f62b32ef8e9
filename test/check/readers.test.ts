// The forms of a run of checks as their readers take them: a validator of JUnit XML, a reader of CommonMark, a reader of
// workflow commands, a strict reader of OpenMetrics; also where every text in the run is hostile.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Assertion, CheckRun } from '../../src/check.ts';
import { runRendererOf } from '../../src/cli/render/check-run-forms.ts';
import { OWN_KINDS, readMarkdown } from '../cli/render/commonmark.ts';
import { hostileText } from '../cli/render/hostile.ts';
import { validJunit } from '../cli/render/junit-schema.ts';
import { readOpenMetrics } from '../cli/render/openmetrics-parser.ts';
import { commandOf } from '../cli/render/workflow-command.ts';
import { ALL, FAILED, result, runOf, UNKNOWN, WARNED } from './runs.ts';

const render = async (form: string, run: CheckRun): Promise<string> =>
  (await runRendererOf(form))(run, { width: undefined, color: false });

/** Runs in which a name, a reason, a value and an error are hostile. */
const hostileRun = hostileText.map((text): CheckRun => {
  const checks: Assertion[] = [{ name: 'audience', outcome: 'failed', expected: text, actual: [text], because: text }];
  const error = { code: 'ERR_NETWORK', message: text, hint: text } as const;
  const place = { file: text, line: 3, column: 1 };
  return runOf(
    [
      { ...FAILED, name: text, because: text, next: text, checks, place },
      { ...UNKNOWN, because: text, next: text, error },
      { ...WARNED, because: text, description: text },
      result({}),
    ],
    3,
  );
});

const always = (form: string, holds: (text: string) => void) =>
  fc.assert(
    fc.asyncProperty(hostileRun, async (run) => holds(await render(form, run))),
    { examples: [[ALL]] },
  );

describe('a run of checks', () => {
  it('is JUnit XML by the common schema', async () => {
    await always('junit', (xml) =>
      validJunit(xml, (root) => {
        expect(root.find('testsuite/testcase')).toHaveLength(4);
        expect(root.find('testsuite/testcase/failure')).toHaveLength(1);
        expect(root.find('testsuite/testcase/error')).toHaveLength(1);
      }),
    );
  });

  it('is Markdown of one heading, a list and a table, without links, HTML or more', async () => {
    await always('markdown', (text) => {
      const { kinds, headings, tables } = readMarkdown(text);
      expect([...kinds].filter((kind) => !OWN_KINDS.has(kind))).toEqual([]);
      expect(headings).toHaveLength(1);
      expect(tables).toEqual([[6, 6, 6, 6, 6]]);
    });
  });

  it('is commands for a runner, one for each check that does not just pass, and the sum', async () => {
    await always('github', (text) => {
      const commands = text.trimEnd().split('\n').map(commandOf);
      expect(commands.map((command) => command?.name)).toEqual(['error', 'error', 'warning', 'notice']);
    });
  });

  it('is OpenMetrics, with a sample for each check', async () => {
    await always('openmetrics', (text) => {
      expect(readOpenMetrics(text).get('tokctl_check_success')?.samples).toHaveLength(4);
    });
  });
});
