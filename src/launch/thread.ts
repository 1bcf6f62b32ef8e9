// Where a thread of a batch begins (cli/batch/threads.ts): the same program, which looks for this mark.

import { launch } from './program.ts';

Object.assign(globalThis, { isTokctlThread: true });
launch();
