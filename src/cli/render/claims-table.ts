// Claims as a table: name, value, meaning. Times are shown as UTC and relative; everything else as it was received.

import Table from 'cli-table3';
import utils from 'cli-table3/src/utils.js';
import { escapeText } from '../../core/escape.ts';
import { type Json, type JsonObject, printJson } from '../../core/json.ts';
import { finiteNumber } from '../../core/lint.ts';
import { formatInZone, formatUtc, relativeWords } from '../../core/time.ts';
import { meaningOfClaim } from '../../explain/claims.ts';
import { wrap } from './layout.ts';
import type { Painter } from './painter.ts';

export interface ClaimsStyle {
  /** Columns of the whole table; undefined: as wide as it needs. */
  width: number | undefined;
  /** Seconds since 1970. */
  now: number;
  timeZone?: string;
  paint: Painter;
}

const TIMES: ReadonlySet<string> = new Set(['exp', 'iat', 'nbf', 'auth_time', 'updated_at', 'expires_at']);
const INDENT = '  ';
/** Longer values are cut on a terminal; a pipe gets all of them. */
const LONGEST = 2_000;
/** Borders and padding of three columns. */
const FRAME = 10;

// cli-table3 shortens the whole content of a cell for each line it draws, for a log that nobody reads, and measures it
// anew for each character that it takes away: a long claim would take minutes. What is drawn here always fits.
utils.truncate = (text) => text;

/** The lines of the table, indented by two. */
export function claimsTable(claims: JsonObject, style: ClaimsStyle): string[] {
  const rows = Object.entries(claims).map(([name, value]) => [
    escapeText(name),
    shown(name, value, style),
    meaningOfClaim(name) ?? '',
  ]);
  const widths = columns(rows, style.width);
  const table = new Table({
    head: ['claim', 'value', 'meaning'].map((name) => style.paint.dim(name)),
    style: { head: [], border: [], compact: true },
    wordWrap: false,
  });
  for (const [name = '', value = '', meaning = ''] of rows)
    table.push([folded(name, widths?.[0]), folded(value, widths?.[1]), style.paint.dim(folded(meaning, widths?.[2]))]);
  return table
    .toString()
    .split('\n')
    .map((line) => INDENT + line);
}

const folded = (text: string, width: number | undefined): string => wrap(text, width).join('\n');

function shown(name: string, value: Json, { now, width, timeZone }: ClaimsStyle): string {
  const seconds = TIMES.has(name) ? finiteNumber(value) : undefined;
  const utc = seconds === undefined ? undefined : formatUtc(seconds);
  if (seconds !== undefined && utc !== undefined) {
    const zone = timeZone === undefined ? '' : ` (${formatInZone(seconds, timeZone)})`;
    return `${utc}${zone}  ${relativeWords(seconds, now)}`;
  }
  const text = escapeText(typeof value === 'string' ? value : printJson(value));
  if (width === undefined || text.length <= LONGEST) return text;
  return `${text.slice(0, LONGEST)}… (${text.length - LONGEST} more characters; -o json shows all)`;
}

/** Widths of the three columns within the whole; meanings give way first, then names, and values get the rest. */
function columns(rows: readonly string[][], width: number | undefined): [number, number, number] | undefined {
  if (width === undefined) return undefined;
  const room = Math.max(40, width - FRAME - INDENT.length);
  const longest = (column: number, least: number, most: number) =>
    Math.min(most, Math.max(least, ...rows.map((row) => (row[column] ?? '').length)));
  const name = longest(0, 5, Math.floor(room / 4));
  const wanted = longest(1, 5, room);
  const meaning = longest(2, 7, Math.max(Math.floor(room / 4), room - name - wanted));
  return [name, Math.max(12, room - name - meaning), meaning];
}
