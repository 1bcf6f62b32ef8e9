// `tokctl jwks`: the keys of an issuer, a URL or a file, and what is wrong with each.

import { createPublicKey } from 'node:crypto';
import { type ExitCode, TokctlError } from '../../core/errors.ts';
import { escapeText } from '../../core/escape.ts';
import { type JsonObject, printJson } from '../../core/json.ts';
import { durationWords } from '../../core/time.ts';
import { inspectKeys, type KeySetReport, type KeySummary } from '../../key-set.ts';
import type { Invocation } from '../command.ts';
import { connect, keptDocuments, warnOfWeakness } from '../connection.ts';
import { exchangeLine } from '../exchange-line.ts';
import type { Host } from '../host.ts';
import { networkOf } from '../question.ts';
import { labelled } from '../render/layout.ts';
import { unreadable } from '../unreadable.ts';

/** Exit code 0 when the set could be read, whatever is wrong with its keys; `doctor` judges them. */
export async function jwksCommand({ arguments: [source = ''], settings, host }: Invocation): Promise<ExitCode> {
  await warnOfWeakness(settings, host);
  const connection = await connect(settings, host);
  const metadataUrl = settings.text('metadata-url');
  try {
    const report = await inspectKeys({
      source,
      ...(/^https?:\/\//i.test(source) ? {} : { text: await readSource(source, host) }),
      ...(metadataUrl === undefined ? {} : { metadataUrl }),
      ...networkOf(settings),
      ...(await keptDocuments(settings, host)),
      fetch: connection.fetch,
      signal: host.signal,
      ...(settings.flag('verbose') ? { observe: (exchange) => void host.stderr.write(exchangeLine(exchange)) } : {}),
    });
    const output = settings.flag('json') ? 'json' : settings.text('output');
    if (settings.flag('quiet')) return 0;
    const { jwks, ...shown } = report;
    if (settings.flag('pem')) await host.stdout.write(jwks.map(pem).join(''));
    else if (output === 'json' || output === 'ndjson')
      await host.stdout.write(`${printJson(shown, output === 'json' ? 2 : 0)}\n`);
    else await host.stdout.write(page(report, host.stdout.isTTY ? (host.stdout.columns ?? 80) : undefined));
    return 0;
  } finally {
    connection.close();
  }
}

async function readSource(source: string, host: Host): Promise<string> {
  if (source === '-') return host.stdin.read();
  const bytes = await host.files.read(source).catch((error: unknown) => {
    throw unreadable(`\`${escapeText(source)}\``, error);
  });
  return bytes.toString('utf8');
}

function pem({ kty, crv, n, e, x, y }: JsonObject): string {
  try {
    return createPublicKey({ key: { kty, crv, n, e, x, y } as never, format: 'jwk' })
      .export({ type: 'spki', format: 'pem' })
      .toString();
  } catch (cause) {
    throw new TokctlError('ERR_NO_USABLE_KEY', 'expected keys that PEM can hold, got one that it cannot', {
      hint: 'leave out --pem to see what is wrong with each',
      cause,
    });
  }
}

function page({ source, keys, jwks_age_seconds: age = 0 }: KeySetReport, width: number | undefined): string {
  const count = keys.length === 1 ? 'one key' : `${keys.length} keys`;
  const kept = age > 0 ? `, fetched ${durationWords(age)} ago (--cache)` : '';
  return `${[`${count} of ${escapeText(source)}${kept}`, ...keys.map((key) => ['', ...lines(key, width)].join('\n'))].join('\n')}\n`;
}

function lines(
  { kid, kty, alg, use, crv, bits, thumbprint, problems }: KeySummary,
  width: number | undefined,
): string[] {
  const size = crv ?? (bits === undefined ? undefined : `${bits} bits`);
  const facts = [kty, alg, use, size].filter((fact) => fact !== undefined).join(', ');
  return [
    ...labelled('kid', escapeText(kid ?? '(none)'), { width }),
    ...labelled('key', escapeText(facts), { width }),
    ...(thumbprint === undefined ? [] : labelled('print', thumbprint, { width })),
    ...problems.flatMap((problem) => labelled('!', escapeText(problem), { width })),
  ];
}
