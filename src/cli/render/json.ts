// The report for programs, exactly as promised: one object, numbers with the digits they came with.

import { printJson } from '../../core/json.ts';
import type { Renderer } from './renderer.ts';

export const json: Renderer = (report) => `${printJson(report, 2)}\n`;
export const ndjson: Renderer = (report) => `${printJson(report)}\n`;
