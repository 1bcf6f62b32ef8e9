// What carries tokens among other things: shell commands, HTTP headers, cookies, JSON answers, URLs, forms, variables.
// Invariant: each of them gives whole values; which one it was is told in the note, never the value.

import { isJsonObject, type JsonObject, parseJson, textMember } from './json.ts';
import type { Pasted, PastedToken } from './paste.ts';
import { parseToken } from './token.ts';

/** In the order in which people want to see them. */
const TOKEN_MEMBERS = [
  'access_token',
  'id_token',
  'refresh_token',
  'logout_token',
  'token',
  'assertion',
  'client_assertion',
  'request',
  'response',
  'jwt',
];

/** One token, and what was taken off. */
export const one = (text: string, note: string, takenFrom?: string): Pasted => ({
  tokens: [{ text: text.trim(), ...(takenFrom === undefined ? {} : { takenFrom }) }],
  notes: [note],
});

/** The tokens that stand somewhere under a name; undefined when there are none. */
function several(tokens: PastedToken[], where: string): Pasted | undefined {
  if (tokens.length === 0) return undefined;
  const names = tokens.map(({ takenFrom }) => takenFrom).join(', ');
  const pick = tokens.length > 1 ? '; --pick takes one' : '';
  return { tokens, notes: [`taken out of ${where}: ${names}${pick}`] };
}

const none = (what: string): Pasted => ({ tokens: [], notes: [`no token was found in ${what}`] });

const pair = (takenFrom: string, text: string | undefined): PastedToken[] =>
  text === undefined || text === '' ? [] : [{ text, takenFrom }];

// ---------------------------------------------------------------- shell commands and headers

const HEADER_OPTION = /(?:^|\s)(?:-H|--header)[=\s]*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+))/g;
const BEARER_OPTION = /(?:^|\s)--oauth2-bearer[=\s]+(?:"([^"]*)"|'([^']*)'|(\S+))/;
const COOKIE_OPTION = /(?:^|\s)(?:-b|--cookie)[=\s]*(?:"([^"]*)"|'([^']*)'|(\S+))/;
const DATA_OPTION = /(?:^|\s)(?:-d|--data(?:-raw|-binary|-urlencode)?)[=\s]*(?:"([^"]*)"|'([^']*)'|(\S+))/g;
const URL_ARGUMENT = /(?:^|\s)["']?(https?:\/\/[^\s"']+)/;

const argument = (found: RegExpExecArray | RegExpMatchArray | null): string | undefined =>
  found?.slice(1).find((group) => group !== undefined);

/** A whole `curl` or `wget` command: its Authorization header, its cookies, its form, its URL. */
export function shellCommand(text: string): Pasted | undefined {
  const name = /^(?:\$\s+)?(curl|wget)(?:\.exe)?\s/.exec(text)?.[1];
  if (name === undefined) return undefined;
  const command = text.replace(/\\\r?\n/g, ' ');
  return (
    commandHeader(command, name) ??
    commandCookie(command) ??
    commandForm(command) ??
    formOrUrl(URL_ARGUMENT.exec(command)?.[1] ?? '') ??
    (/\s(?:-u|--user)\b/.test(command) ? { tokens: [], notes: [], refused: 'basic' } : none(`the ${name} command`))
  );
}

function commandHeader(command: string, name: string): Pasted | undefined {
  const headers = [...command.matchAll(HEADER_OPTION)].map((found) => argument(found) ?? '');
  const authorization = headers.find((header) => /^authorization\s*:/i.test(header));
  // Basic credentials on the introspection request are the client's; the token is in its form.
  if (authorization !== undefined && !(/^authorization\s*:\s*basic\b/i.test(authorization) && commandForm(command)))
    return one(authorization, `the token was taken out of the Authorization header of a ${name} command`);
  const bearer = argument(BEARER_OPTION.exec(command));
  if (bearer !== undefined) return one(bearer, `the token was taken out of a ${name} command`);
  const cookies = headers.find((header) => /^cookie\s*:/i.test(header));
  return cookies === undefined ? undefined : cookie(cookies);
}

function commandCookie(command: string): Pasted | undefined {
  const cookies = argument(COOKIE_OPTION.exec(command));
  return cookies?.includes('=') === true ? cookie(`Cookie: ${cookies}`) : undefined;
}

function commandForm(command: string): Pasted | undefined {
  const form = [...command.matchAll(DATA_OPTION)].map((found) => argument(found) ?? '').join('&');
  return several(formTokens(form.split('&')), 'the form of a command');
}

/** Several header lines, as browsers and `curl -v` show them. */
export function headerBlock(text: string): Pasted | undefined {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.length < 2) return undefined;
  const headers = lines.map((line) => line.replace(/^[<>]\s+/, ''));
  const isOther = (line: string) => /^[a-z0-9-]+:\s|\bHTTP\/\d/i.test(line) && !/^authorization:/i.test(line);
  const authorization = headers.find((line) => /^authorization\s*:\s*\S/i.test(line));
  return authorization === undefined || !headers.some(isOther)
    ? undefined
    : one(authorization, 'the Authorization header was chosen');
}

/** `Cookie: a=b; c=d`: those named for tokens, else those whose value is a JWT. */
export function cookie(text: string): Pasted | undefined {
  const found = /^(?:set-)?cookie\s*:\s*([\s\S]*)$/i.exec(text);
  if (found === null) return undefined;
  const pairs = (found[1] ?? '').split(/;\s*/).flatMap((item) => {
    const at = item.indexOf('=');
    return pair(item.slice(0, Math.max(at, 0)).trim(), cookieValue(item.slice(at + 1).trim()));
  });
  const named = pairs.filter(({ takenFrom = '' }) => isTokenName(takenFrom));
  const isJose = ({ text: value }: PastedToken) => ['jws', 'jwe'].includes(parseToken(value).format);
  return several(named.length > 0 ? named : pairs.filter(isJose), 'a cookie') ?? none('the cookie');
}

const cookieValue = (text: string): string => (/^"?bearer%20/i.test(text) ? percentDecoded(text) : text);

/** The name is shown: a longer one may be a piece of a token that stands before a `_token=`. */
const LONGEST_NAME = 40;

/** `access_token`, `X-Auth-Token`, `SESSION_JWT`; not the tokens against request forgery. */
const isTokenName = (name: string): boolean =>
  name.length <= LONGEST_NAME &&
  /(?:^|[_.-])(?:access|id|refresh)?[_-]?(?:token|jwt)$/i.test(name) &&
  !/csrf|xsrf/i.test(name);

// ---------------------------------------------------------------- JSON

/** The answer of a token endpoint, also with its members in camel case, or one level down. */
export function tokenResponse(text: string): Pasted | undefined {
  const object = text.startsWith('{') ? readObject(text) : undefined;
  if (object === undefined) return undefined;
  if (isSecretKey(object)) return { tokens: [], notes: [], refused: 'private_key' };
  const inner = Object.values(object).filter(isJsonObject);
  const found = [object, ...inner].map(responseTokens).find((tokens) => tokens.length > 0);
  return several(found ?? [], 'a JSON response');
}

const isSecretKey = (object: JsonObject): boolean =>
  textMember(object, 'kty') !== undefined && ['d', 'k', 'priv'].some((name) => Object.hasOwn(object, name));

function responseTokens(object: JsonObject): PastedToken[] {
  const members = Object.keys(object).map((name) => ({ name, known: snakeCase(name) }));
  return TOKEN_MEMBERS.flatMap((known) => {
    const found = members.find((one) => one.known === known);
    return found === undefined ? [] : pair(known, textMember(object, found.name));
  });
}

const snakeCase = (name: string): string => name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();

function readObject(text: string): JsonObject | undefined {
  try {
    const { value } = parseJson(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** One line out of a JSON text: `"access_token": "…",`. */
export function jsonMember(text: string): Pasted | undefined {
  const name = /^"([^"\\]*)"\s*:\s*"/.exec(text)?.[1];
  const object = name === undefined ? undefined : readObject(`{${text.replace(/,$/, '')}}`);
  const value = textMember(object, name ?? '');
  return name === undefined || value === undefined
    ? undefined
    : one(value, 'the value of a JSON member was taken', snakeCase(name));
}

// ---------------------------------------------------------------- URLs, forms, variables

const PARAMETER = /^[\w.-]+=[^&\s]*$/;
const TOKEN_PARAMETER = /^(?:access_token|id_token|refresh_token)=[^&\s]+$/;

/** One parameter after the other: a single pattern for all of them would go back and forth in a long text. */
function isForm(text: string): boolean {
  const parameters = text.replace(/^[?#]/, '').split('&');
  return parameters.every((one) => PARAMETER.test(one)) && parameters.some((one) => TOKEN_PARAMETER.test(one));
}

/** A URL, or only its query or fragment: `https://app/cb#access_token=…`. */
export function formOrUrl(text: string): Pasted | undefined {
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  if (!isUrl && !isForm(text)) return undefined;
  const parameters = text.replace(/^[^?#]*(?=[?#])/, '').split(/[?#&]/);
  return several(formTokens(parameters), isUrl ? 'a URL' : 'form parameters');
}

function formTokens(parameters: readonly string[]): PastedToken[] {
  return parameters.flatMap((parameter) => {
    const at = parameter.indexOf('=');
    const name = parameter.slice(0, Math.max(at, 0));
    return TOKEN_MEMBERS.includes(name) ? pair(name, percentDecoded(parameter.slice(at + 1))) : [];
  });
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const VARIABLE = /^\s*(?:export\s+|set\s+|\$env:)?([A-Za-z_][\w.-]*)(?:\s*=\s*|:\s+)(?!=)(.{8,})$/;

/** Lines such as `export ACCESS_TOKEN="…"` of a shell or an env file, or `access_token: …`. */
export function variables(text: string): Pasted | undefined {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => !/^\s*(?:#|$)/.test(line));
  const found = lines.map((line) => VARIABLE.exec(line));
  const named = found.flatMap((line) => {
    const [, name = '', value = ''] = line ?? [];
    return isTokenName(name) ? pair(knownName(name), unquoted(value.trim())) : [];
  });
  const whole = lines.every((line) => /^\s*(?:export\s+|set\s+|\$env:)?[A-Za-z_][\w.-]*(?:\s*=|:\s)/.test(line));
  return whole ? several(named, lines.length > 1 ? 'variables' : 'a variable') : undefined;
}

const knownName = (name: string): string => (TOKEN_MEMBERS.includes(name.toLowerCase()) ? name.toLowerCase() : name);

const unquoted = (text: string): string => /^(["'])(.*)\1;?$/.exec(text)?.[2] ?? text;
