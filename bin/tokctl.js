#!/usr/bin/env node
// CommonJS, because the loader of ES modules takes longer than most answers (docs/performance.md).

const { readFileSync, writeSync } = require('node:fs');

const [word, ...more] = process.argv.slice(2);
if (more.length > 0 || !(word === '--version' || word === '-V') || !wroteVersion()) launch();

/** What scripts ask most often needs nothing of the program. False where it cannot be written at once. */
function wroteVersion() {
  try {
    writeSync(1, `${require('../package.json').version}\n`);
    return true;
  } catch {
    return false;
  }
}

/** As `require` would, which looks at every folder above the file first, for a millisecond. */
function launch() {
  const { Script } = require('node:vm');
  const folder = `${__dirname}/../dist`;
  const filename = `${folder}/launch.cjs`;
  const text = `(function (require, __dirname) {${readFileSync(filename, 'utf8')}\n})`;
  new Script(text, { filename }).runInThisContext()(require, folder);
}
