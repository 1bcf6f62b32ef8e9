// Tests against real servers that are not on npm: `npm run test:servers` gets them, starts them and runs these.

import { defineConfig } from 'vitest/config';

// biome-ignore lint/style/noDefaultExport: vitest reads the default export
export default defineConfig({
  define: { TOKCTL_VERSION: JSON.stringify('0.0.0-test') },
  test: { include: ['test/real/**/*.real.ts'], testTimeout: 240_000, hookTimeout: 240_000, pool: 'forks' },
});
