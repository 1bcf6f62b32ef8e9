// `tokctl doctor <issuer>`: is this authorization server sound? The credentials of a profile go to its own issuer only.

import { type ExitCode, TokctlError } from '../../core/errors.ts';
import { escapeText } from '../../core/escape.ts';
import { printJson } from '../../core/json.ts';
import { baselineOf, type DoctorOptions, type DoctorReport, doctor } from '../../doctor.ts';
import { isHttpUrl } from '../../judging/trust.ts';
import { proxyFor } from '../../protocol/http/proxy.ts';
import { wantsColor } from '../color.ts';
import type { Invocation } from '../command.ts';
import { connect, warnOfWeakness } from '../connection.ts';
import { exchangeLine } from '../exchange-line.ts';
import type { Host } from '../host.ts';
import { OPTIONS, type OptionGroup } from '../options.ts';
import { questionOf } from '../question.ts';
import { doctorPage } from '../render/doctor.ts';
import { fileFault, secretReader, withHome } from '../secret-source.ts';
import { Settings } from '../settings.ts';
import { stdinClaim } from '../stdin.ts';

/** Exit code 1 for a server that is unsound; a host that cannot be reached is 3. */
export async function doctorCommand({ arguments: [issuer = ''], settings, host }: Invocation): Promise<ExitCode> {
  const form = formOf(settings);
  if (!isHttpUrl(issuer)) throw noIssuer();
  if (settings.get('cache')?.origin === 'flag') throw noCache();
  const own = await settingsFor(issuer, settings, host);
  await warnOfWeakness(own, host);
  const baseline = await readBaseline(own, host);
  const connection = await connect(own, host);
  try {
    const report = await doctor({
      ...(await optionsOf(own, host, issuer)),
      issuer,
      fetch: connection.fetch,
      ...(baseline === undefined ? {} : { baseline: { text: baseline.text } }),
    });
    if (baseline !== undefined && baseline.text === undefined) await record(report, baseline.path, host);
    await print(report, form, { settings: own, host });
    return report.exit_code;
  } finally {
    connection.close();
  }
}

const noIssuer = (): TokctlError =>
  new TokctlError('ERR_USAGE', 'expected an issuer as an https URL without query and fragment, got something else', {
    hint: 'tokctl doctor https://id.example.com',
  });

/** Only where it was typed: a variable or a profile says it for all commands, and it is of no use here. */
const noCache = (): TokctlError =>
  new TokctlError('ERR_USAGE', '`--cache` would not be looked at: doctor examines the server as it is now', {
    hint: 'leave it out',
  });

type Form = 'table' | 'json' | 'ndjson';

function formOf(settings: Settings): Form {
  const output = settings.flag('json') ? 'json' : (settings.text('output') ?? 'table');
  if (output === 'table' || output === 'json' || output === 'ndjson') return output;
  if (settings.get('output')?.origin !== 'flag') return 'table';
  throw new TokctlError('ERR_USAGE', `expected \`table\`, \`json\` or \`ndjson\`, got \`${escapeText(output)}\``, {
    hint: 'tokctl doctor https://id.example.com -o json; reports for pipelines: tokctl check',
  });
}

// ---------------------------------------------------------------- whose settings

/** What of a profile is about its own issuer. The rest, such as a proxy's CA, is about this machine. */
const OF_ISSUER: readonly OptionGroup[] = ['trust', 'expectation', 'introspection', 'client'];
const OF_ISSUER_TOO: readonly string[] = ['header', 'tls-cert', 'tls-key'];

/** The settings for that issuer: its profile, where there is one; of another issuer's profile only what is not its own. */
async function settingsFor(issuer: string, settings: Settings, host: Host): Promise<Settings> {
  const chosen = settings.forIssuer(() => issuer);
  const named = chosen.get('issuer');
  if (named?.origin !== 'profile' || chosen.text('issuer') === issuer) return chosen;
  const foreign = OPTIONS.filter(({ name, group }) => OF_ISSUER.includes(group) || OF_ISSUER_TOO.includes(name))
    .map(({ name }) => name)
    .filter((name) => chosen.get(name)?.origin === 'profile');
  if (!settings.flag('quiet'))
    await host.stderr.write(
      `note: the profile \`${escapeText(chosen.profile ?? '')}\` is for another issuer: its credentials are not used\n`,
    );
  const kept = OPTIONS.filter(({ name }) => !foreign.includes(name)).flatMap(({ name }) => {
    const setting = chosen.get(name);
    return setting === undefined ? [] : [[name, setting] as const];
  });
  return new Settings(new Map(kept), chosen.profile, { issuers: chosen.issuers });
}

async function optionsOf(settings: Settings, host: Host, issuer: string): Promise<Omit<DoctorOptions, 'fetch'>> {
  const stdin = stdinClaim();
  const question = await questionOf(settings, { host, stdin, secrets: secretReader(host, stdin) });
  // Of the question about a token only what is about the server.
  const { jwks: _, jwksUri: __, key: ___, secret: ____, expectations: _____, now: ______, ...rest } = question;
  const scope = settings.list('bearer-scope').join(' ');
  const [resource, tokenResource] = [settings.text('resource'), settings.text('bearer-resource')];
  const isQuiet = settings.flag('quiet');
  return {
    ...rest,
    issuer,
    freshToken: {
      ...(scope === '' ? {} : { scope }),
      ...(tokenResource === undefined ? {} : { resource: tokenResource }),
    },
    ...(resource === undefined ? {} : { resource }),
    certificate: host.fetch === undefined && !isProxied(issuer, host),
    clock: () => host.now() / 1000,
    signal: host.signal,
    ...(isQuiet ? {} : { announce: (text: string) => host.stderr.write(`note: ${escapeText(text)}\n`) }),
    ...(settings.flag('verbose') && !isQuiet
      ? { observe: (exchange) => void host.stderr.write(exchangeLine(exchange)) }
      : {}),
  };
}

/** Past a proxy nothing is asked: whoever set it wants to see every connection. */
function isProxied(issuer: string, { env }: Host): boolean {
  const either = (name: string): string => env[name.toLowerCase()] ?? env[name] ?? '';
  const proxies = { httpsProxy: either('HTTPS_PROXY'), noProxy: either('NO_PROXY') };
  return proxyFor(new URL(issuer), proxies) !== undefined;
}

// ---------------------------------------------------------------- baseline

interface BaselineFile {
  path: string;
  /** Undefined where there is no such file yet. */
  text: string | undefined;
}

async function readBaseline(settings: Settings, host: Host): Promise<BaselineFile | undefined> {
  const named = settings.text('baseline');
  if (named === undefined) return undefined;
  const path = withHome(named, host.env);
  try {
    return { path, text: (await host.files.read(path)).toString('utf8') };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { path, text: undefined };
    throw badFile(path, 'read', error);
  }
}

async function record(report: DoctorReport, path: string, host: Host): Promise<void> {
  const text = baselineOf(report, host.now() / 1000);
  if (text === undefined) return;
  await host.files.create(path, text, 0o644).catch((error: unknown) => {
    throw badFile(path, 'written', error);
  });
}

const badFile = (path: string, what: string, cause: unknown): TokctlError =>
  new TokctlError('ERR_USAGE', `\`${escapeText(path)}\` cannot be ${what}: ${fileFault(cause)}`, {
    hint: 'name a file in a folder that you may write to: --baseline FILE',
    cause,
  });

// ---------------------------------------------------------------- output

interface Printing {
  settings: Settings;
  host: Host;
}

async function print(report: DoctorReport, form: Form, { settings, host }: Printing): Promise<void> {
  if (settings.flag('quiet')) return;
  const { stdout } = host;
  if (form !== 'table') return stdout.write(`${printJson(report, form === 'json' ? 2 : 0)}\n`);
  const width = stdout.isTTY ? (stdout.columns ?? 80) : undefined;
  await stdout.write(doctorPage(report, { width, color: wantsColor(settings, host, stdout) }));
}
