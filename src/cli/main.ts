// Where the program begins and ends. Nobody else sets the exit code, and nobody calls `process.exit` before output is out.

import { nodeHost } from './node-host.ts';
import { run } from './run.ts';

// A thread of a batch is this program once more (batch/threads.ts); its launcher says so.
if (Object.hasOwn(globalThis, 'isTokctlThread')) void serve();
else void main();

async function main(): Promise<void> {
  const interrupted = new AbortController();
  const onSignal = (): void => interrupted.abort(new Error('interrupted'));
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const host = nodeHost(interrupted.signal);
  const exitCode = await run(process.argv.slice(2), host);
  process.exitCode = exitCode;
  // A connection that hangs, or a terminal that is still read, must not keep the process after its answer is out.
  process.off('SIGINT', onSignal);
  process.off('SIGTERM', onSignal);
  await host.flushed();
  process.exit(exitCode);
}

async function serve(): Promise<void> {
  const thread = await import('./batch/thread.ts');
  thread.serve(process.argv.slice(2), nodeHost(new AbortController().signal));
}
