// Tests with a real Prometheus: `npm run test:prometheus` looks for it and runs these.

import { defineConfig } from 'vitest/config';

// biome-ignore lint/style/noDefaultExport: vitest reads the default export
export default defineConfig({
  define: { TOKCTL_VERSION: JSON.stringify('0.0.0-test') },
  test: { include: ['test/real/**/*.prometheus.ts'], testTimeout: 60_000, hookTimeout: 120_000, pool: 'forks' },
});
