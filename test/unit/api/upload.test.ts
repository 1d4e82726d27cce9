import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Uploads } from '../../../src/api/upload.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

test('uploads that find no folder give their places back', async () => {
  const uploads = new Uploads({ maxBytes: 1000, atOnce: 2 });
  const send = (): Promise<string> => {
    const request = { headers: {}, isMultipart: () => false, body: Readable.from([Buffer.from('x')]) };
    return uploads.receive(request as unknown as FastifyRequest, () => 'taken');
  };
  const folder = temporaryFolder();
  vi.stubEnv('TMPDIR', join(folder, 'nowhere'));
  onTestFinished(() => void vi.unstubAllEnvs());
  for (let time = 0; time < 3; time += 1) await expect(send()).rejects.toThrow('ENOENT');
  vi.stubEnv('TMPDIR', folder);
  expect(await send()).toBe('taken');
});
