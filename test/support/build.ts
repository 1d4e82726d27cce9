import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Compiles src/ to dist/ once before the tests, because worker threads and the executable run compiled code.
 * Types are not checked here: `npm run types` does that for the whole project.
 */
export function setup(): void {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
  execFileSync(process.execPath, [tsc, '-p', 'src/tsconfig.json', '--noCheck'], {
    cwd: root,
    stdio: 'inherit',
  });
}
