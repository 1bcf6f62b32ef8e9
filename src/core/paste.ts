// Takes a token out of what people paste: header lines, curl commands, URLs, cookies, token responses, wrapped lines.
// Invariant: what surrounds a token is taken off and named in `notes`; nothing inside a token is ever dropped.

import { isJsonObject, type JsonObject, parseJson, textMember } from './json.ts';
import { parseToken } from './token.ts';

export interface PastedToken {
  text: string;
  /** The member, parameter or cookie it was taken from. */
  takenFrom?: string;
}

export interface Pasted {
  tokens: PastedToken[];
  /** What was stripped or chosen, for people; holds no part of a token. */
  notes: string[];
  /** What was pasted holds credentials that are no token: it is refused and never shown. */
  refused?: 'basic' | 'private_key';
}

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

/** Takes the token or tokens out of a pasted text. `tokens` is empty when there is none. */
export function unwrapPaste(pasted: string): Pasted {
  const text = pasted.trim();
  if (text === '') return { tokens: [], notes: [] };
  const stripped = /^\s|\s$/.test(pasted.replace(/\r?\n$/, '')) ? ['white space at the ends was stripped'] : [];
  const found = unwrap(text, 0);
  return { ...found, notes: [...stripped, ...found.notes] };
}

type Unwrapper = (text: string) => Pasted | undefined;

const UNWRAPPERS: readonly Unwrapper[] = [
  privateKey,
  curlCommand,
  headerLine,
  cookie,
  scheme,
  quoted,
  tokenResponse,
  address,
  wrappedLines,
];

/** Peels one layer after the other; four are more than anyone pastes. */
function unwrap(text: string, depth: number): Pasted {
  const peeled = depth > 4 ? undefined : firstOf(UNWRAPPERS, text);
  if (peeled === undefined) return { tokens: [{ text }], notes: [] };
  const [only] = peeled.tokens;
  if (only === undefined || peeled.tokens.length > 1) return peeled;
  const inner = unwrap(only.text, depth + 1);
  const [token] = inner.tokens;
  if (token === undefined || inner.tokens.length > 1) return { ...inner, notes: [...peeled.notes, ...inner.notes] };
  return { ...inner, tokens: [{ ...only, ...token }], notes: [...peeled.notes, ...inner.notes] };
}

function firstOf(unwrappers: readonly Unwrapper[], text: string): Pasted | undefined {
  for (const unwrapper of unwrappers) {
    const found = unwrapper(text);
    if (found !== undefined) return found;
  }
  return undefined;
}

const one = (text: string, note: string, takenFrom?: string): Pasted => ({
  tokens: [{ text: text.trim(), ...(takenFrom === undefined ? {} : { takenFrom }) }],
  notes: [note],
});

function privateKey(text: string): Pasted | undefined {
  return /^-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)
    ? { tokens: [], notes: [], refused: 'private_key' }
    : undefined;
}

const CURL_HEADER = /(?:^|\s)(?:-H|--header)[=\s]*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+))/g;
const CURL_BEARER = /(?:^|\s)--oauth2-bearer[=\s]+(?:"([^"]*)"|'([^']*)'|(\S+))/;

function curlCommand(text: string): Pasted | undefined {
  if (!/^(?:\$\s+)?curl\s/.test(text)) return undefined;
  const command = text.replace(/\\\r?\n/g, ' ');
  const headers = [...command.matchAll(CURL_HEADER)].map(([, double, single, bare]) => double ?? single ?? bare ?? '');
  const authorization = headers.find((header) => /^authorization\s*:/i.test(header));
  if (authorization !== undefined)
    return one(authorization, 'the token was taken out of the Authorization header of a curl command');
  const bearer = CURL_BEARER.exec(command);
  if (bearer !== null)
    return one(bearer[1] ?? bearer[2] ?? bearer[3] ?? '', 'the token was taken out of a curl command');
  const url = /(?:^|\s)["']?(https?:\/\/[^\s"']+)/.exec(command)?.[1];
  return url === undefined ? undefined : address(url);
}

function headerLine(text: string): Pasted | undefined {
  const found = /^(?:(?:proxy-)?authorization|dpop|x-[a-z0-9-]+)\s*:\s*([\s\S]*)$/i.exec(text);
  return found === null
    ? undefined
    : one(found[1] ?? '', `the header name \`${text.slice(0, text.indexOf(':')).trim()}:\` was stripped`);
}

function scheme(text: string): Pasted | undefined {
  const found = /^(bearer|dpop|token|basic)\s+([\s\S]*)$/i.exec(text);
  if (found === null) return undefined;
  if (found[1]?.toLowerCase() === 'basic') return { tokens: [], notes: [], refused: 'basic' };
  return one(found[2] ?? '', `the scheme \`${found[1]}\` was stripped`);
}

const QUOTES: Record<string, string> = { '"': '"', "'": "'", '`': '`', '\u201c': '\u201d', '\u2018': '\u2019' };

function quoted(text: string): Pasted | undefined {
  const bare = text.replace(/[,;]$/, '');
  const closing = QUOTES[bare[0] ?? ''];
  if (closing === undefined || bare.length < 2 || !bare.endsWith(closing)) return undefined;
  return one(bare.slice(1, -1), 'quotes were stripped');
}

function tokenResponse(text: string): Pasted | undefined {
  if (!text.startsWith('{')) return undefined;
  const object = readObject(text);
  if (object === undefined) return undefined;
  return several(
    TOKEN_MEMBERS.flatMap((name) => pair(name, textMember(object, name))),
    'a JSON response',
  );
}

function readObject(text: string): JsonObject | undefined {
  try {
    const { value } = parseJson(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const pair = (takenFrom: string, text: string | undefined): PastedToken[] =>
  text === undefined || text === '' ? [] : [{ text, takenFrom }];

function several(tokens: PastedToken[], where: string): Pasted | undefined {
  if (tokens.length === 0) return undefined;
  const names = tokens.map(({ takenFrom }) => takenFrom).join(', ');
  const pick = tokens.length > 1 ? '; --pick takes one' : '';
  return { tokens, notes: [`taken out of ${where}: ${names}${pick}`] };
}

/** A URL, or only its query or fragment: `https://app/cb#access_token=…`. */
function address(text: string): Pasted | undefined {
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  const isForm =
    /^[?#]?(?:[\w.-]+=[^&\s]*&)*(?:access_token|id_token|refresh_token)=[^&\s]+(?:&[\w.-]+=[^&\s]*)*$/.test(text);
  if (!isUrl && !isForm) return undefined;
  const parameters = text.replace(/^[^?#]*(?=[?#])/, '').split(/[?#&]/);
  const found = parameters.flatMap((parameter) => {
    const at = parameter.indexOf('=');
    const name = parameter.slice(0, Math.max(at, 0));
    return TOKEN_MEMBERS.includes(name) ? pair(name, percentDecoded(parameter.slice(at + 1))) : [];
  });
  return several(found, isUrl ? 'a URL' : 'form parameters');
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `Cookie: a=b; c=d`: those named for tokens, else those whose value is a JWT. */
function cookie(text: string): Pasted | undefined {
  const found = /^(?:set-)?cookie\s*:\s*([\s\S]*)$/i.exec(text);
  if (found === null) return undefined;
  const pairs = (found[1] ?? '').split(/;\s*/).map((item): PastedToken => {
    const at = item.indexOf('=');
    return { takenFrom: item.slice(0, Math.max(at, 0)).trim(), text: item.slice(at + 1).trim() };
  });
  const named = pairs.filter(
    ({ takenFrom, text: value }) =>
      value !== '' && /(?:^|[_.-])(?:access|id|refresh)?[_-]?(?:token|jwt)$/i.test(takenFrom ?? ''),
  );
  const tokens =
    named.length > 0 ? named : pairs.filter(({ text: value }) => ['jws', 'jwe'].includes(parseToken(value).format));
  return (
    several(tokens, 'a cookie') ?? {
      tokens: [],
      notes: ['the cookie holds nothing that is named or looks like a token'],
    }
  );
}

/** Lines of one width, as a mail program or a terminal wraps them; joined only if a JWT or JWE comes out. */
function wrappedLines(text: string): Pasted | undefined {
  if (!/[\r\n]/.test(text)) return undefined;
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.trim());
  const [first = ''] = lines;
  const last = lines.at(-1) ?? '';
  const even = lines.slice(0, -1).every((line) => line.length === first.length) && last.length <= first.length;
  if (!even || first === '' || lines.some((line) => /\s/.test(line))) return undefined;
  const joined = lines.join('');
  const whole = ['jws', 'jwe', 'sd-jwt'].includes(parseToken(joined).format) && parseToken(first).claims === undefined;
  return whole ? one(joined, `${lines.length} wrapped lines were joined`) : undefined;
}
