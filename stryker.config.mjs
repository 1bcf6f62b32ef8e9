// Mutation testing of what reads a token and of the signature: `npm run mutation`, or of single files by
// `npm run mutation -- --mutate src/core/json.ts`. Results of unchanged code are kept in .stryker-tmp.

/** Tables and words: a mutant of them is another table, and the tests of their sources (npm run docs, vectors) hold them. */
const DATA = ['causes', 'errors', 'expectations', 'report', 'version'];

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
// biome-ignore lint/style/noDefaultExport: stryker reads the default export
export default {
  testRunner: 'vitest',
  // It rewrites paths in it by an interface that TypeScript 7 has no more; there is none to rewrite.
  tsconfigFile: 'none',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'vitest.mutation.config.ts' },
  mutate: ['src/core/**/*.ts', ...DATA.map((name) => `!src/core/${name}.ts`), 'src/protocol/signature.ts'],
  ignorePatterns: ['dist', 'coverage', 'bench', 'docs', 'test/fuzz/corpus'],
  timeoutMS: 20_000,
  coverageAnalysis: 'perTest',
  concurrency: 2,
  incremental: true,
  incrementalFile: '.stryker-tmp/incremental.json',
  tempDirName: '.stryker-tmp/sandboxes',
  reporters: ['clear-text', 'json'],
  jsonReporter: { fileName: '.stryker-tmp/mutation.json' },
  clearTextReporter: { allowColor: false, reportTests: false, reportMutants: false },
  allowConsoleColors: false,
  thresholds: { high: 90, low: 85, break: 85 },
};
