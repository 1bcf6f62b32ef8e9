import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** What decides a verdict: what the token is, its claims, keys and signature, the answer of the server, and the sum of them. */
const VERDICT = [
  'core/{base64url,claim-times,claims,json,kind,lint,token,token-faults}',
  'protocol/{algorithm,introspection,jwks,key-strength,metadata,public-key,signature}',
  'judging/{algorithm,caller,comparison,conclusion,context,documents,key-checks,key-set,key-trial,local}',
  'judging/{moment,possession,remote,signature,signed-answer,subject,trust}',
  '{introspect,verify}',
];

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

// biome-ignore lint/style/noDefaultExport: vitest reads the default export
export default defineConfig({
  define: { TOKCTL_VERSION: JSON.stringify(version) },
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/seed.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['**/*.d.ts'],
      reporter: ['json', 'json-summary'],
      reportsDirectory: 'coverage',
      reportOnFailure: true,
      thresholds: {
        branches: 95,
        ...Object.fromEntries(VERDICT.map((files) => [`src/${files}.ts`, { branches: 100 }])),
      },
    },
  },
});
