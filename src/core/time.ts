// Times and durations in words and back. Inside tokctl both are numbers of seconds; words are for people and reports.

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** The last second that RFC 3339 can spell: 9999-12-31T23:59:59Z. */
const LAST = 253_402_300_799;

const isShowable = (seconds: number): boolean => seconds >= 0 && seconds <= LAST + 0.999;

/** RFC 3339 in UTC, `2026-11-21T01:00:00Z`, with milliseconds where there are any; undefined beyond the year 9999. */
export const formatIso = (seconds: number): string | undefined => spelled(seconds)?.iso;

/** For people, `2026-11-21 01:00:00Z`; fractions are dropped. Undefined beyond the year 9999. */
export const formatUtc = (seconds: number): string | undefined => spelled(Math.floor(seconds))?.utc;

interface Spelled {
  iso: string;
  utc: string;
}

function spelled(seconds: number): Spelled | undefined {
  if (!isShowable(seconds)) return undefined;
  const known = SPELLED.get(seconds);
  if (known !== undefined) return known;
  const iso = new Date(Math.floor(seconds * 1000)).toISOString().replace('.000Z', 'Z');
  const made = { iso, utc: iso.replace('T', ' ') };
  if (SPELLED.size >= MOST_SPELLED) SPELLED.clear();
  SPELLED.set(seconds, made);
  return made;
}

/** The tokens of a batch name the same times again and again. */
const SPELLED = new Map<number, Spelled>();
const MOST_SPELLED = 256;

/** The same time in a zone of the IANA database, or of this machine for `local`, such as `2026-11-21 02:00:00 GMT+1`. */
export function formatInZone(seconds: number, zone: string): string | undefined {
  if (!isShowable(seconds)) return undefined;
  const format = new Intl.DateTimeFormat('sv-SE', {
    dateStyle: 'short',
    timeStyle: 'long',
    ...(zone === 'local' ? {} : { timeZone: zone }),
  });
  return format.format(new Date(seconds * 1000));
}

const UNITS = [
  [YEAR, 'y'],
  [DAY, 'd'],
  [HOUR, 'h'],
  [MINUTE, 'min'],
  [1, 's'],
] as const;

/** A length of time in its largest units, `2 h 3 min` or `42 min`; always positive. */
export function durationWords(seconds: number): string {
  const whole = Math.round(Math.abs(seconds));
  const first = UNITS.findIndex(([size]) => whole >= size);
  if (first < 0) return '0 s';
  const [size, name] = UNITS[first] ?? UNITS[4];
  const [nextSize, nextName] = UNITS[first + 1] ?? UNITS[4];
  const rest = Math.floor((whole % size) / nextSize);
  const count = Math.floor(whole / size);
  const large = `${count} ${name}`;
  // Nobody counts the seconds of an hour, or the hours of a month.
  const isFine = count >= 10 && name !== 'y';
  return rest === 0 || isFine || first === UNITS.length - 1 ? large : `${large} ${rest} ${nextName}`;
}

/** Where a time lies from `now`: `in 42 min`, `2 h ago`, `now`. */
export function relativeWords(seconds: number, now: number): string {
  const distance = seconds - now;
  if (Math.abs(distance) < 0.5) return 'now';
  return distance > 0 ? `in ${durationWords(distance)}` : `${durationWords(distance)} ago`;
}

const DURATION = /^(\d{1,12}(?:\.\d{1,3})?)(ms|s|m|min|h|d|w)?$/;
const SECONDS: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: MINUTE,
  min: MINUTE,
  h: HOUR,
  d: DAY,
  w: 7 * DAY,
};

/** Seconds of `30s`, `5m`, `12h`, `7d`; a bare number is seconds. Undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const found = DURATION.exec(text.trim());
  return found === null ? undefined : Number(found[1]) * (SECONDS[found[2] ?? 's'] ?? 1);
}

const RFC3339 = /^\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:[Zz]|[+-]\d{2}:\d{2}))?$/;

/** Seconds since 1970 of an RFC 3339 time or date (UTC), or of a number of seconds. Undefined for anything else. */
export function parseTime(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^\d{1,12}(?:\.\d{1,3})?$/.test(trimmed)) return Number(trimmed);
  if (!RFC3339.test(trimmed) || !isCalendarDay(trimmed.slice(0, 10))) return undefined;
  const milliseconds = Date.parse(trimmed.replace(' ', 'T'));
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

/** `Date` takes 30 February for 2 March; a person who wrote it meant neither. */
function isCalendarDay(day: string): boolean {
  const time = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(day);
}
