// `-v`: one line an exchange: what was asked, how it went, how long it took. No value of a header or a form is in it.

import { escapeText } from '../core/escape.ts';
import type { Exchange } from '../protocol/http/network.ts';

export function exchangeLine({ purpose, method, url, requestHeaders, formMembers, ...outcome }: Exchange): string {
  const { status, mediaType, latencyMs, failure } = outcome;
  const sent = [
    ...(Object.hasOwn(requestHeaders, 'authorization') ? ['authorization: [redacted]'] : []),
    ...formMembers.map((name) => `${name}=…`),
  ];
  const told = escapeText([failure, status, mediaType].filter((one) => one !== undefined).join(' '));
  return `${method} ${url} (${purpose})${sent.length === 0 ? '' : ` with ${sent.join(', ')}`}: ${told}, ${latencyMs.toFixed(1)} ms\n`;
}
