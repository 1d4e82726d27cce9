import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Worker threads run compiled code (Node 20 has no type stripping), so tests build dist/ first.
    globalSetup: ['test/support/build.ts'],
    // The project's own compiled code runs as it is.
    server: { deps: { external: [/^(?!.*node_modules).*\/dist\//] } },
    pool: 'forks',
    maxWorkers: 2,
    // As src/platform/no-telemetry.ts does for the program.
    env: { ORT_DISABLE_TELEMETRY: '1' },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      // They change nothing outside themselves, so that files share what is loaded: a third of the time.
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'], isolate: false } },
      {
        extends: true,
        test: { name: 'whole', include: ['test/**/*.test.ts'], exclude: ['test/unit/**', 'test/long/**'] },
      },
      // Minutes each: `npm run test:long`.
      { extends: true, test: { name: 'long', include: ['test/long/**/*.test.ts'] } },
    ],
  },
});
