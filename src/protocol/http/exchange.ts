// The one door to the network: every request of tokctl goes through `exchange`. Limits of time and size, what may be reached,
// and retries are kept here, whatever the transport (security.md §1.6). A status is not judged here.

import { TokctlError } from '../../core/errors.ts';
import { redactor } from '../../core/redact.ts';
import { assertReachable, hostAndPort, isLinkLocal, shownUrl } from '../address.ts';
import { monotonicMs } from '../monotonic.ts';
import { readAnswer } from './answer.ts';
import { type Deadline, type Part, startDeadline } from './deadline.ts';
import { explainFailure, failureCode, isConnectionFailure, timeoutFailure } from './failure.ts';
import type { Exchange, FetchInit, HttpAnswer, HttpRequest, Network } from './network.ts';
import { type Outgoing, observed, outgoing } from './outgoing.ts';
import { backoffMs, pauseAfter, retriesFor } from './retry.ts';

/** All that one exchange works with. */
interface Asking {
  request: HttpRequest;
  network: Network;
  outgoing: Outgoing;
  deadline: Deadline;
}

type Outcome = { answer: HttpAnswer } | { error: unknown; status: number | undefined };

/**
 * Sends a request and reads its answer, whatever its status. Redirects are not followed. An observer is told of every try,
 * and with `offline` of the one that was not made.
 * @throws TokctlError ERR_OFFLINE, ERR_ENDPOINT_REFUSED, ERR_USAGE, ERR_CONFIG_INVALID, ERR_NETWORK, ERR_TIMEOUT, ERR_TLS,
 *   ERR_RESPONSE_TOO_LARGE, ERR_RESPONSE_INVALID
 * @throws the reason of `network.signal` when that aborts
 */
export async function exchange(request: HttpRequest, network: Network): Promise<HttpAnswer> {
  network.signal?.throwIfAborted();
  const prepared = outgoing(request, network.headers);
  if (network.offline) throw offline(request, prepared, network);
  const { insecureHttp } = network;
  assertReachable(request.url, { insecureHttp, hostFromToken: request.hostFromToken === true });
  const deadline = startDeadline(network.timeoutMs, network.signal);
  try {
    return await askUntilAnswered({ request, network, outgoing: prepared, deadline });
  } finally {
    deadline.end();
  }
}

function offline(request: HttpRequest, prepared: Outgoing, { headers, observe }: Network): TokctlError {
  observe?.({ ...observed(request, prepared, headers), latencyMs: 0, failure: 'ERR_OFFLINE' });
  return new TokctlError('ERR_OFFLINE', `expected to ask \`${hostAndPort(request.url)}\`, got \`--offline\``, {
    hint: 'leave out `--offline`, or give what is needed from a file: `--jwks FILE` or `--key FILE`',
    details: { url: shownUrl(request.url) },
  });
}

async function askUntilAnswered(asking: Asking): Promise<HttpAnswer> {
  const retries = retriesFor(asking.request.method, asking.network.retries);
  for (let retry = 0; ; retry += 1) {
    const outcome = await ask(asking);
    const pause = retry < retries ? pauseBeforeNext(outcome, retry) : undefined;
    if (pause === undefined || pause >= asking.deadline.remainingMs()) return settle(outcome);
    await asking.deadline.pause(pause).catch((error) => {
      throw explain(asking, error);
    });
  }
}

function pauseBeforeNext(outcome: Outcome, retry: number): number | undefined {
  if ('answer' in outcome) return pauseAfter(outcome.answer, retry);
  return outcome.status === undefined && isConnectionFailure(outcome.error) ? backoffMs(retry) : undefined;
}

function settle(outcome: Outcome): HttpAnswer {
  if ('answer' in outcome) return outcome.answer;
  throw outcome.error;
}

/** One try. */
async function ask(asking: Asking): Promise<Outcome> {
  const startedAt = monotonicMs();
  const seen: Pick<Exchange, 'status' | 'mediaType'> = {};
  const outcome = await receive(asking, seen).then(
    (answer): Outcome => ({ answer: Object.assign(answer, { latencyMs: monotonicMs() - startedAt }) }),
    (error): Outcome => ({ error: explain(asking, error), status: seen.status }),
  );
  tell(asking, { seen, startedAt, outcome });
  return outcome;
}

async function receive(asking: Asking, seen: Pick<Exchange, 'status' | 'mediaType'>) {
  const { request, network, deadline } = asking;
  const connection = deadline.part();
  const init = fetchInit(asking, connection);
  const read = async () => {
    const response = await network.fetch(request.url.href, init);
    // Nobody waits any more: nothing of what comes is read.
    if (connection.ending.aborted) throw connection.ending.reason;
    seen.status = response.status;
    return readAnswer(response, request.url);
  };
  try {
    const answer = withoutEcho(await deadline.race(read()), asking);
    if (answer.mediaType !== undefined) seen.mediaType = answer.mediaType;
    return answer;
  } catch (error) {
    // Ends the connection at once; a refused body is not read to its end.
    connection.abort(error);
    throw error;
  } finally {
    connection.end();
  }
}

/** Headers of ours that say nothing about anybody. */
const PLAIN: ReadonlySet<string> = new Set(['accept', 'accept-encoding', 'content-type', 'user-agent']);

const COMMON = /^(?:application\/(?:[a-z-]+\+)?(?:json|jwt)|text\/(?:html|plain))$/;

/** A media type is told to observers and in messages, in lower case: it must not be a way out for what was sent. */
function withoutEcho<A extends Pick<HttpAnswer, 'mediaType'>>(
  answer: A,
  { request, outgoing: { headers } }: Asking,
): A {
  const { mediaType } = answer;
  if (mediaType === undefined || COMMON.test(mediaType)) return answer;
  const told = Object.entries(headers).flatMap(([name, value]) => (PLAIN.has(name) ? [] : wordsOf(value)));
  const sent = [...(request.form ?? []).map(([, value]) => value), ...told];
  return { ...answer, mediaType: redactor(sent.map((text) => text.toLowerCase()))(mediaType) };
}

/** A header value, and what of it is the secret where its first word is a scheme; in Basic, inside its base64. */
function wordsOf(value: string): string[] {
  const words = value.split(' ');
  const pair = words[0] === 'Basic' ? Buffer.from(words[1] ?? '', 'base64').toString() : '';
  return [...words, pair.slice(pair.indexOf(':') + 1)].filter((word) => word !== '');
}

function fetchInit({ request, outgoing: { headers, body } }: Asking, connection: Part): FetchInit {
  const init: FetchInit = {
    method: request.method,
    headers,
    redirect: 'manual',
    // Its own member: a transport of somebody else may copy all of them.
    get signal() {
      return connection.signal;
    },
    ending: connection.ending,
  };
  if (body !== undefined) init.body = body;
  if (request.hostFromToken === true) init.refuseAddress = isLinkLocal;
  return init;
}

/** Ctrl-C before the deadline before everything else: the first two show themselves as all sorts of broken connections. */
function explain({ request, network, deadline }: Asking, error: unknown): unknown {
  if (deadline.expired()) return timeoutFailure(request.url, network.timeoutMs);
  if (deadline.isStopped()) return network.signal?.reason;
  return explainFailure(error, request.url);
}

interface Tried {
  seen: Pick<Exchange, 'status' | 'mediaType'>;
  startedAt: number;
  outcome: Outcome;
}

function tell({ request, network, outgoing: sent }: Asking, { seen, startedAt, outcome }: Tried): void {
  const failure = 'error' in outcome ? { failure: failureName(outcome.error) } : {};
  network.observe?.({
    ...observed(request, sent, network.headers),
    ...seen,
    latencyMs: monotonicMs() - startedAt,
    ...failure,
  });
}

/** The code of the system where there is one, such as ECONNREFUSED, else that of tokctl. */
function failureName(error: unknown): string {
  if (!(error instanceof TokctlError)) return 'ABORTED';
  return failureCode(error.cause) ?? error.code;
}
