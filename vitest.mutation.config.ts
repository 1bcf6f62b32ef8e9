// The tests that mutants are tried on (`npm run mutation`): those that need no other process, or those in MUTATION_TESTS.

import { defineConfig } from 'vitest/config';

// biome-ignore lint/style/noDefaultExport: vitest reads the default export
export default defineConfig({
  define: { TOKCTL_VERSION: JSON.stringify('0.0.0-test') },
  test: { include: (process.env['MUTATION_TESTS'] ?? 'test/core/**/*.test.ts test/protocol/signature.test.ts test/explain/nearest.test.ts').split(' '), testTimeout: 20_000 },
});
