import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // What a test imports of src/ is what the build made of it: nothing is compiled again for each test file, which took most
  // of the time, and what is tested is what ships.
  resolve: {
    alias: [{ find: /^(?:\.\.\/)+src\//, replacement: fileURLToPath(new URL('dist/', import.meta.url)) }],
  },
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
        test: {
          name: 'whole',
          include: ['test/**/*.test.ts'],
          exclude: ['test/unit/**', 'test/long/**', 'test/fault/slow/**'],
        },
      },
      // The whole program, harmed again and again: `npm run test:faults`.
      { extends: true, test: { name: 'faults', include: ['test/fault/slow/**/*.test.ts'] } },
      // Minutes each: `npm run test:long`.
      { extends: true, test: { name: 'long', include: ['test/long/**/*.test.ts'] } },
    ],
  },
});
