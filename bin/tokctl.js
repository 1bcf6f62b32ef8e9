#!/usr/bin/env node
// CommonJS, because the loader of ES modules takes longer than most answers (docs/performance.md).

const { writeSync } = require('node:fs');

const [word, ...more] = process.argv.slice(2);
if (more.length > 0 || !(word === '--version' || word === '-V') || !wroteVersion()) require('../dist/launch.cjs');

/** What scripts ask most often needs nothing of the program. False where it cannot be written at once. */
function wroteVersion() {
  try {
    writeSync(1, `${require('../package.json').version}\n`);
    return true;
  } catch {
    return false;
  }
}
