// How far the clock of the server and ours are apart, by `Date` (RFC 9110 §6.6.1). Times in tokens are judged by both.

import { durationWords, formatUtc } from '../core/time.ts';
import type { DateSample, DoctorContext } from './context.ts';
import { type DoctorFinding, question } from './finding.ts';

const SKEW = question('clock.skew', 'RFC 9110 §6.6.1');

/** Seconds from which tokens are refused that are good, or let pass that are not. */
const NOTICEABLE = 5;
const LARGE = 60;

const FIX = 'run NTP on both machines; until then --clock-tolerance lets a token pass that is early by that much';

/** Reads what the other probes noted; asks nothing. */
export async function examineClock({ found: { dates }, issuer }: DoctorContext): Promise<DoctorFinding[]> {
  const own = dates.filter(({ origin }) => origin === new URL(issuer).origin);
  const dated = own.filter((sample): sample is Dated => sample.date !== undefined);
  if (dated.length === 0)
    return [SKEW.info('not known: the server sends no `Date`', { fix: 'send `Date` with every answer' })];
  const { skew, sample } = dated.map(measure).reduce((best, next) => (next.width < best.width ? next : best));
  const evidence = [`Date: ${formatUtc(sample.date + sample.age)}, here: ${formatUtc(sample.receivedAt)}`];
  const size = Math.abs(skew);
  if (size <= NOTICEABLE)
    return [SKEW.ok(size < 1 ? 'both clocks agree' : `both clocks agree to ${durationWords(size)}`, { evidence })];
  const because = `the clock of the server is ${durationWords(size)} ${skew > 0 ? 'ahead of' : 'behind'} this one`;
  return [size > LARGE ? SKEW.error(because, { evidence, fix: FIX }) : SKEW.warning(because, { evidence, fix: FIX })];
}

type Dated = DateSample & { date: number };

interface Measured {
  /** Seconds that the server is ahead at least; 0 where the clocks may be the same. */
  skew: number;
  /** How exact that is, in seconds. */
  width: number;
  sample: Dated;
}

/** `Date` is cut to seconds and written somewhere between asking and hearing, so that only bounds are known. */
function measure(sample: Dated): Measured {
  const { date, age, sentAt, receivedAt } = sample;
  const width = receivedAt - sentAt + 1 + (age > 0 ? 1 : 0);
  const low = date + age - receivedAt;
  const high = low + width;
  return { skew: low > 0 ? low : Math.min(high, 0), width, sample };
}
