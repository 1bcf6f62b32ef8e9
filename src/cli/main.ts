// Where the program begins and ends. Nobody else sets the exit code, and nobody calls `process.exit` before output is out.

import { nodeHost } from './node-host.ts';
import { run } from './run.ts';

const interrupted = new AbortController();
const onSignal = (): void => interrupted.abort(new Error('interrupted'));
process.on('SIGINT', onSignal);
process.on('SIGTERM', onSignal);

const exitCode = await run(process.argv.slice(2), nodeHost(interrupted.signal));
process.exitCode = exitCode;
// A connection that hangs, or a terminal that is still read, must not keep the process after its answer is out.
process.off('SIGINT', onSignal);
process.off('SIGTERM', onSignal);
await flushed(process.stdout);
await flushed(process.stderr);
process.exit(exitCode);

/** Resolves when what was written before is out, or cannot get out any more. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableLength === 0) return resolve();
    stream.write('', () => resolve());
  });
}
