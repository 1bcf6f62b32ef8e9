// A run of checks for programs: one object, or one line for each check.

import type { CheckResult } from '../../check/result.ts';
import { printJson } from '../../core/json.ts';
import type { RunRenderer } from './check-run.ts';

export const json: RunRenderer = (run) => `${printJson(run, 2)}\n`;
export const resultLine = (result: CheckResult): string => `${printJson(result)}\n`;
export const ndjson: RunRenderer = ({ results }) => results.map(resultLine).join('');
