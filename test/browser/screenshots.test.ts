import { afterEach, expect, it, vi } from 'vitest';
import { screenshotsExperiment } from '../experiments/screenshots.js';
import { temporaryFolder } from '../support/temporary-folder.js';

afterEach(() => void vi.unstubAllEnvs());

it('leaves no demo behind where the browser does not start', async () => {
  vi.stubEnv('FASHIOND_CHROMIUM', '/bin/false');
  const context = {
    print: () => undefined,
    note: () => undefined,
    interactive: false,
    signal: new AbortController().signal,
  };
  const children = (): number =>
    process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap').length;
  const before = children();
  await expect(screenshotsExperiment(['--work', temporaryFolder()], context)).rejects.toThrow(/launch/);
  await expect.poll(children).toBe(before);
});
