// `tokctl token`: an access token by client_credentials, alone on stdout, to pipe into the others.
// The one command that prints a token: that is what it is asked for.

import { clientCredentialsToken } from '../../client-credentials.ts';
import type { ExitCode } from '../../core/errors.ts';
import { escapeText } from '../../core/escape.ts';
import { printJson } from '../../core/json.ts';
import type { Invocation } from '../command.ts';
import { connect, keptDocuments, warnOfWeakness } from '../connection.ts';
import { githubMask } from '../encode/github-command.ts';
import { exchangeLine } from '../exchange-line.ts';
import { clientOf, networkOf } from '../question.ts';
import { secretReader } from '../secret-source.ts';
import { stdinClaim } from '../stdin.ts';

export async function tokenCommand({ settings, host }: Invocation): Promise<ExitCode> {
  await warnOfWeakness(settings, host);
  const stdin = stdinClaim();
  const secrets = secretReader(host, stdin);
  const connection = await connect(settings, host);
  const scope = [...settings.list('scope'), ...settings.list('bearer-scope')].join(' ');
  const text = (name: string) => settings.text(name);
  const [issuer, metadataUrl, resource] = [text('issuer'), text('metadata-url'), text('bearer-resource')];
  try {
    const { accessToken, response } = await clientCredentialsToken({
      client: await clientOf(settings, { host, stdin, secrets }),
      ...networkOf(settings),
      ...(await keptDocuments(settings, host)),
      fetch: connection.fetch,
      signal: host.signal,
      now: host.now() / 1000,
      allowedEndpointOrigins: settings.list('allow-endpoint-origin'),
      ...(issuer === undefined ? {} : { issuer }),
      ...(metadataUrl === undefined ? {} : { metadataUrl }),
      ...(scope === '' ? {} : { scope }),
      ...(resource === undefined ? {} : { resource }),
      ...(settings.flag('verbose') ? { observe: (exchange) => void host.stderr.write(exchangeLine(exchange)) } : {}),
    });
    const output = settings.flag('json') ? 'json' : settings.text('output');
    const asJson = output === 'json' || output === 'ndjson';
    // The runner obeys both streams; stdout is the token's own, and often taken by a variable.
    if (output === 'github') await host.stderr.write(githubMask(accessToken));
    const shown = host.stdout.isTTY ? escapeText(accessToken) : accessToken;
    if (!settings.flag('quiet'))
      await host.stdout.write(asJson ? `${printJson(response, output === 'json' ? 2 : 0)}\n` : `${shown}\n`);
    return 0;
  } finally {
    connection.close();
  }
}
