// What `tokctl demo` prints: shell variables for every token, and commands to paste that use them.
// The tokens stand here in full, which no other output of tokctl does: they are made for the playground and die with it.

import { audienceOf, CLIENTS, SCOPE, USER } from './authorization-server.ts';
import type { PlaygroundFacts } from './playground.ts';
import { TOKENS, type TokenName } from './tokens.ts';

/** The shell variable of a token, such as ACTIVE_OPAQUE. */
export const variableOf = (name: TokenName): string => name.toUpperCase();

/** The variables that the commands below, and those of the tour, stand on: settings of tokctl, then the tokens. */
export function variables({ issuer, tokens }: PlaygroundFacts): Record<string, string> {
  const named = Object.entries(tokens).map(([name, token]) => [variableOf(name as TokenName), token]);
  return { ...settings(issuer), API: audienceOf(issuer), ...Object.fromEntries(named) };
}

/** The part of `variables` that tokctl itself reads: who is asked, and who asks. */
export function settings(issuer: string): Record<string, string> {
  return {
    TOKCTL_ISSUER: issuer,
    TOKCTL_CLIENT_ID: CLIENTS.test.client_id,
    TOKCTL_CLIENT_SECRET: 'env:CLIENT_SECRET',
    CLIENT_SECRET: CLIENTS.test.client_secret,
  };
}

/** The whole page. What is to be pasted has no comments in it, which zsh would not take. */
export function invitation(facts: PlaygroundFacts): string {
  const { issuer, endpoints } = facts;
  const { client_id, client_secret } = CLIENTS.test;
  return `\
an authorization server and a protected resource, until Ctrl-C

  issuer    ${issuer}
  resource  ${endpoints.resource}
  clients   ${Object.values(CLIENTS).map(pair).join(', ')}
  user      ${USER.sub}, scopes ${SCOPE}

${legend()}

paste this into another terminal:

${exports(issuer)}
API=${audienceOf(issuer)}
${assignments(facts)}

then try:

${commands(issuer)}

or without tokctl:

curl -u ${client_id}:${client_secret} -d "token=$ACTIVE_OPAQUE" \\
  ${endpoints.introspection}
curl -d client_id=${client_id} -d client_secret=${client_secret} \\
  -d "token=$REVOKED" ${endpoints.introspection}
curl -i -H "Authorization: Bearer $ACTIVE_JWT" "$API/resource"
curl -i -H "Authorization: Bearer $EXPIRED" "$API/resource"
`;
}

const pair = (client: { client_id: string; client_secret: string }): string =>
  `${client.client_id} / ${client.client_secret}`;

const names = Object.keys(TOKENS) as TokenName[];

function legend(): string {
  return names.map((name) => `  ${variableOf(name).padEnd(20)}${TOKENS[name]}`).join('\n');
}

function exports(issuer: string): string {
  return Object.entries(settings(issuer))
    .map(([name, value]) => `export ${name}=${value}`)
    .join('\n');
}

function assignments({ tokens }: PlaygroundFacts): string {
  return names.map((name) => `${variableOf(name)}='${tokens[name]}'`).join('\n');
}

function commands(issuer: string): string {
  const machine = `--client-id ${CLIENTS.machine.client_id} --client-secret env:M2M_SECRET`;
  return `\
tokctl introspect "$ACTIVE_OPAQUE"
tokctl introspect "$REVOKED"
tokctl introspect "$ACTIVE_JWT" --audience "$API" --mode both
tokctl verify "$FORGED_JWT" --audience "$API"
tokctl verify "$ID_TOKEN" --expect access_token
tokctl decode "$DAMAGED_JWT"
tokctl jwks ${issuer}
tokctl doctor ${issuer}
M2M_SECRET=${CLIENTS.machine.client_secret} tokctl introspect "$ACTIVE_OPAQUE" \\
  ${machine} \\
  --bearer-grant client_credentials`;
}
