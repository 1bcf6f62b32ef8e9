// Where the program begins and ends. Nobody else sets the exit code, and nobody calls `process.exit` before output is out.

import { nodeHost } from './node-host.ts';
import { run } from './run.ts';

const interrupted = new AbortController();
const onSignal = (): void => interrupted.abort(new Error('interrupted'));
process.on('SIGINT', onSignal);
process.on('SIGTERM', onSignal);

void main();

async function main(): Promise<void> {
  const host = nodeHost(interrupted.signal);
  const exitCode = await run(process.argv.slice(2), host);
  process.exitCode = exitCode;
  // A connection that hangs, or a terminal that is still read, must not keep the process after its answer is out.
  process.off('SIGINT', onSignal);
  process.off('SIGTERM', onSignal);
  await host.flushed();
  process.exit(exitCode);
}
