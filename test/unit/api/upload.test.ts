import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { expect, test } from 'vitest';
import { Uploads } from '../../../src/api/upload.js';

const send = (uploads: Uploads, body: Readable): Promise<string> => {
  const request = { headers: {}, isMultipart: () => false, body } as unknown as FastifyRequest;
  return uploads.receive(request, ({ picture }) => Buffer.from(picture?.bytes ?? []).toString());
};

test('uploads that fail, of whatever, give their places back', async () => {
  const uploads = new Uploads({ maxBytes: 10, atOnce: 1 });
  const brokenOff = (): Readable =>
    Readable.from(
      (function* () {
        yield Buffer.from('half');
        throw Object.assign(new Error('gone'), { code: 'ECONNRESET' });
      })(),
    );
  for (let time = 0; time < 3; time += 1) {
    await expect(send(uploads, brokenOff())).rejects.toMatchObject({ status: 400, code: 'aborted' });
    const large = Readable.from(['12345', '67890', '1'].map((part) => Buffer.from(part)));
    await expect(send(uploads, large)).rejects.toMatchObject({ status: 413 });
  }
  expect(await send(uploads, Readable.from([Buffer.from('12345'), Buffer.from('67890')]))).toBe('1234567890');
});

test('uploads that come at once wait for one another', async () => {
  const uploads = new Uploads({ maxBytes: 10, atOnce: 1 });
  const sent = Array.from({ length: 20 }, (_, at) => send(uploads, Readable.from([Buffer.from(`${at}`)])));
  expect(await Promise.all(sent)).toEqual(Array.from({ length: 20 }, (_, at) => `${at}`));
});
