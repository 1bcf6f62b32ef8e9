// What `weakened` in a report means: something that makes a green answer worth less, because a person asked for it.

import type { Weakness } from '../core/report.ts';
import type { Entry } from './entry.ts';

export const WEAKNESSES: Readonly<Record<Weakness, Entry>> = {
  issuer_from_token: {
    title: 'the issuer was taken from the token',
    meaning:
      'With `--trust-iss`, or a yes on the terminal, the keys came from where the token says. The signature then shows that the token is whole, not that somebody whom you know made it. Fit for looking, not for a gate.',
    next: [['name the issuer', 'tokctl verify @token.txt --issuer https://id.example.com']],
    spec: 'RFC 8725 §3.8',
  },
  insecure_http: {
    title: 'http was allowed beyond this machine',
    meaning:
      'Everybody on the way could read the token and the credentials, or put keys of his own into the answer. `--insecure-http` is for test networks.',
    next: ['use an https address, with `--tls-ca` for a certificate authority of your own'],
    spec: 'RFC 7662 §4',
  },
  insecure_tls: {
    title: 'any server certificate was accepted',
    meaning:
      'With `--insecure-tls` the connection is encrypted, but to whom is not known. The keys and the answer may come from somebody in between, and the client secret may have gone there.',
    next: [
      [
        'trust your certificate authority and nothing more',
        'tokctl verify @token.txt --issuer https://id.example.com --tls-ca company-ca.pem',
      ],
    ],
    spec: 'RFC 9110 §4.3.4',
  },
  endpoint_origin: {
    title: 'credentials went to another origin than the issuer',
    meaning:
      '`--allow-endpoint-origin` permitted an endpoint on another host, because the metadata names one there. That is right for an administration port and wrong if the metadata was tampered with.',
    next: [['see where the endpoints are', 'tokctl doctor https://id.example.com']],
    spec: 'RFC 7662 §4',
  },
  clock_tolerance: {
    title: 'times were compared with a tolerance',
    meaning:
      'With `--clock-tolerance` a token counts as valid for a while after `exp` and before `nbf`. A minute is usual; more than five hides a clock that should be repaired.',
    next: [['see how far the clocks are apart', 'tokctl doctor https://id.example.com']],
    spec: 'RFC 7519 §4.1.4',
  },
  at_time: {
    title: 'the token was judged as of another time',
    meaning:
      '`--at` answers whether the token was good then. It may be expired or revoked by now, and an introspection answer is always about now.',
    next: [['judge it as of now', 'tokctl verify @token.txt --issuer https://id.example.com']],
  },
  algorithm_allowed: {
    title: 'an algorithm beyond the default list was allowed',
    meaning:
      '`--alg` or `--secret` permitted an algorithm that is not accepted by itself. With a shared secret everybody who can verify the token could also have made it.',
    next: ['have the issuer sign with ES256, RS256 or EdDSA, and drop the option'],
    spec: 'RFC 8725 §3.1 and §3.2',
  },
  basic_encoding_raw: {
    title: 'client id and secret were sent without form-encoding',
    meaning:
      '`--basic-encoding raw` is against the rule, for servers that do not decode. It works today and breaks on the day the server is repaired, if id or secret hold reserved characters.',
    next: [
      [
        'send them in the body, where no doubt is possible',
        'tokctl introspect @token.txt --issuer https://id.example.com --client-id my-api --client-secret env:CLIENT_SECRET --client-auth client_secret_post',
      ],
    ],
    spec: 'RFC 6749 §2.3.1',
  },
};
