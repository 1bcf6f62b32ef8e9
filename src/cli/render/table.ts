// The report for people (contract §7): verdict, why, what next, the token, its claims, the checks. Escaped, then coloured.

import { escapeText } from '../../core/escape.ts';
import { type Json, type JsonObject, member, printJson, textMember } from '../../core/json.ts';
import { type Cause, type Description, type Difference, isReport, type Report } from '../../core/report.ts';
import { formatUtc, relativeWords } from '../../core/time.ts';
import { checkLines } from './check-lines.ts';
import { claimsTable } from './claims-table.ts';
import { headline, words } from './headline.ts';
import { labelled, wrap } from './layout.ts';
import { lifeLine } from './life-line.ts';
import { type Painter, painter } from './painter.ts';
import type { Renderer, Surface } from './renderer.ts';

interface Canvas extends Surface {
  paint: Painter;
  now: number;
}

export const table: Renderer = (report, surface) => {
  const canvas: Canvas = { ...surface, paint: painter(surface.color), now: evaluatedAt(report) };
  const parts = [
    first(report, canvas),
    isReport(report) ? why(report, canvas) : [],
    facts(report, canvas),
    claims(report, canvas),
    checkLines(report.checks, canvas),
    isReport(report) ? differences(report.differences ?? [], canvas) : [],
    isReport(report) ? weakened(report, canvas) : [],
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
};

const evaluatedAt = ({ times }: Description): number => Date.parse(times?.evaluated_at ?? '') / 1000;

function first(report: Report | Description, { width, paint }: Canvas): string[] {
  const color = isReport(report)
    ? { active: paint.good, inactive: paint.bad, unknown: paint.doubtful }[report.verdict]
    : paint.strong;
  return wrap(escapeText(headline(report)), width).map((line) => color(paint.strong(line)));
}

// ---------------------------------------------------------------- why and what next

/** Causes that are shown; JSON has all of them. */
const MOST = 3;

function why(report: Report, canvas: Canvas): string[] {
  const { width, paint } = canvas;
  const { error, causes } = report;
  const [top] = causes;
  const told = error === undefined ? [] : labelled('why', `${escapeText(error.message)} (${error.code})`, { width });
  const reasons = withoutRepeats(causes.slice(0, MOST)).flatMap((cause, index) =>
    reasonLines(cause, reasonLabel(cause, index, error !== undefined), canvas),
  );
  const [next, ...also] = steps(error?.hint, top);
  return [
    ...told,
    ...errorFacts(report, canvas),
    ...reasons,
    ...(next === undefined ? [] : labelled('next', escapeText(next), { width, paint: paint.strong })),
    ...also.flatMap((step) => labelled('', escapeText(step), { width })),
  ];
}

/** What is known to be behind an error needs no general advice; of what is only possible it is the better one. */
function steps(hint: string | undefined, top: Cause | undefined): string[] {
  if (hint === undefined || top === undefined) return [hint, top?.fix].filter((step) => step !== undefined);
  if (top.confidence === 'certain' || top.fix === hint) return [top.fix];
  return top.confidence === 'likely' ? [top.fix, hint] : [hint, top.fix];
}

/** Two explanations may stand on the same facts: each is told once. */
function withoutRepeats(causes: readonly Cause[]): Cause[] {
  const told = new Set<string>();
  return causes.map((cause) => {
    const evidence = cause.evidence.filter((line) => !told.has(line));
    for (const line of evidence) told.add(line);
    return { ...cause, evidence };
  });
}

/** What is behind an error is a guess until somebody looks, unless it is certain. */
function reasonLabel({ confidence }: Cause, index: number, afterError: boolean): string {
  if (afterError) return confidence === 'certain' ? '' : 'maybe';
  if (index === 0) return 'why';
  return confidence === 'certain' ? 'and' : 'or';
}

function reasonLines(
  { code, confidence, because, evidence }: Cause,
  label: string,
  { width, paint }: Canvas,
): string[] {
  const sure = confidence === 'certain' ? '' : ` (${confidence})`;
  return [
    ...labelled(label, `${code}: ${escapeText(because)}${sure}`, { width }),
    ...evidence.filter((line) => line !== because).flatMap((line) => labelled('', line, { width, paint: paint.dim })),
  ];
}

function errorFacts({ error }: Report, { width, paint }: Canvas): string[] {
  const details = error?.details ?? {};
  const lines = [
    ['status', [details['status'], details['media_type']].filter((one) => one !== undefined).join(' ')],
    ['WWW-Authenticate', details['www_authenticate'] ?? ''],
    ['body', details['body'] ?? ''],
  ] as const;
  return lines
    .filter(([, text]) => text !== '')
    .flatMap(([name, text]) => labelled('', `${name}: ${escapeText(String(text))}`, { width, paint: paint.dim }));
}

// ---------------------------------------------------------------- the token

function facts(report: Report | Description, canvas: Canvas): string[] {
  const { width } = canvas;
  const { token } = report;
  if (token === undefined) return [];
  const line = (label: string, text: string | undefined) =>
    text === undefined ? [] : labelled(label, escapeText(text), { width });
  return [
    ...line('token', tokenLine(report)),
    ...(token.kind === 'unknown' ? [] : line('', token.evidence.join('; ') || undefined)),
    ...line('issuer', issuerLine(report)),
    ...line('expires', expiryLine(report, canvas)),
    ...line('server', serverLine(report)),
  ];
}

function tokenLine(report: Report | Description): string {
  const { token } = report;
  const alg = textMember(token?.header, 'alg');
  const kid = member(token?.header, 'kid');
  const parts = [
    words(report),
    ...(alg === undefined ? [] : [alg]),
    ...(kid === undefined ? [] : [`kid ${plain(kid)}`]),
    `sha256 ${token?.sha256}`,
  ];
  return parts.join(', ');
}

const plain = (value: Json): string => (typeof value === 'string' ? value : printJson(value));

function issuerLine(report: Report | Description): string | undefined {
  const claimed = textMember(report.claims, 'iss');
  if (!isReport(report) || report.issuer === undefined)
    return claimed === undefined ? undefined : `${claimed} (says the token)`;
  const source = {
    flag: 'named by flag',
    environment: 'named by the environment',
    profile: 'named by a profile',
    token: 'taken from the token',
  }[report.issuer_source ?? 'flag'];
  return `${report.issuer} (${source})`;
}

function expiryLine({ times, claims }: Report | Description, { now, width }: Canvas): string | undefined {
  if (times?.expires_at === undefined) return undefined;
  const exp = Date.parse(times.expires_at) / 1000;
  const text = `${formatUtc(exp)}   ${relativeWords(exp, now)}`;
  const drawn = lifeLine(claims, now);
  const fits = drawn !== undefined && (width === undefined || text.length + drawn.length + 16 <= width);
  return fits ? `${text}   ${drawn}` : text;
}

function serverLine(report: Report | Description): string | undefined {
  if (!isReport(report) || report.introspection === undefined) return undefined;
  const { endpoint, status, media_type, latency_ms, client_auth, token_type_hint } = report.introspection;
  const hint = token_type_hint === undefined ? '' : `, token_type_hint ${token_type_hint}`;
  return `${endpoint}   ${[status, media_type].filter((one) => one !== undefined).join(' ')}, ${latency_ms} ms, ${client_auth}${hint}`;
}

function claims({ claims: found, token, ...report }: Report | Description, canvas: Canvas): string[] {
  if (found === undefined || Object.keys(found).length === 0)
    return unreadable({ ...report, ...(token === undefined ? {} : { token }) }, canvas);
  return claimsTable(found as JsonObject, canvas);
}

/** Without claims the header is all there is to see. */
function unreadable({ token }: Pick<Description, 'token'>, { width, paint }: Canvas): string[] {
  if (token?.header === undefined) return [];
  return labelled('header', escapeText(printJson(token.header)), { width, paint: paint.dim });
}

// ---------------------------------------------------------------- two opinions, and what weakens the answer

function differences(all: readonly Difference[], { width, paint }: Canvas): string[] {
  return all.flatMap(({ subject, local, remote, meaning }) => [
    ...labelled(
      'differs',
      escapeText(
        `${subject}: here ${local === undefined ? '(none)' : plain(local)}, at the server ${remote === undefined ? '(none)' : plain(remote)}`,
      ),
      { width },
    ),
    ...labelled('', escapeText(meaning), { width, paint: paint.dim }),
  ]);
}

function weakened({ weakened: found }: Report, { width, paint }: Canvas): string[] {
  return found.length === 0
    ? []
    : labelled('weakened', `${found.join(', ')} (tokctl explain ${found[0]})`, { width, paint: paint.doubtful });
}
