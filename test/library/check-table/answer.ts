// Checks of what the server says of an opaque token.

import { introspect, type Report, type VerifyOptions } from '../../../src/index.ts';
import { type Answer, issuerServer } from '../issuer-server.ts';
import { HOUR, NOW } from '../keys.ts';
import type { Row, Table } from './given.ts';

/** What the server says of an opaque token. */
export const answered =
  (introspection: Answer, expectations: VerifyOptions['expectations'] = {}): (() => Promise<Report>) =>
  async () => {
    const server = await issuerServer({ introspection });
    const client = { id: 'my-api', secret: 'the secret of my-api' };
    return introspect('an-opaque-token', { issuer: server.issuer, now: NOW, client, expectations });
  };

export const active = (over: Record<string, unknown> = {}): Answer => ({
  body: { active: true, sub: 'user-001', ...over },
});

export const ANSWER_CHECKS: Table = {
  introspection: {
    passed: [['active', answered(active())]],
    failed: [['inactive', answered({ body: { active: false } })]],
  },
  response: {
    passed: [['the form of RFC 7662', answered(active({ scope: 'a b', exp: NOW + HOUR }))]],
    warned: [
      ['scope as a list', answered(active({ scope: ['a'] })), { finding: 'introspection.scope_type' }],
      ['scope with commas', answered(active({ scope: 'a,b' })), { finding: 'introspection.scope_type' }],
      ['scp', answered(active({ scp: 'a b' })), { finding: 'introspection.scope_type' }],
      ['exp as text', answered(active({ exp: String(NOW + HOUR) })), { finding: 'introspection.time_type' }],
      ['exp in milliseconds', answered(active({ exp: (NOW + HOUR) * 1000 })), { finding: 'introspection.time_unit' }],
      ['exp null', answered(active({ exp: null })), { finding: 'introspection.time_type' }],
    ],
  },
};

/** Of checks that others have too. */
export const MORE_OF_ANSWERS: Record<'expiry', Row> = {
  expiry: {
    skipped: [['an answer without one', answered(active())]],
    warned: [['past, yet active', answered(active({ exp: NOW - HOUR })), { finding: 'introspection.exp_past' }]],
  },
};
