import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, integer, property } from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { FashiondError } from '../../../src/domain/errors.js';
import { checkNamed, packModel, unpackModel } from '../../../src/model/model-archive.js';
import { readTar, writeTar } from '../../../src/model/tar.js';
import { sha256Hex } from '../../../src/platform/fingerprint.js';

const folder = mkdtempSync(join(tmpdir(), 'fashiond-archive-'));
afterAll(() => rmSync(folder, { recursive: true }));
const files = [
  { name: 'manifest.json', data: Buffer.from('{"files":{"model.onnx":"…"}}') },
  { name: 'model.onnx', data: Buffer.from(Array.from({ length: 700 }, (_, at) => at % 251)) },
];
const good = packModel(files);
const refusal = (bytes: Uint8Array): string => {
  try {
    unpackModel(bytes, 'x.tar');
  } catch (error) {
    if (error instanceof FashiondError && ['refused', 'incompatible'].includes(error.code))
      return error.message;
    throw error;
  }
  return 'taken';
};
/** An archive with this list, whatever it says. */
const listed = (list: unknown): Uint8Array =>
  writeTar([
    { name: 'fashiond-model.json', data: Buffer.from(`${JSON.stringify(list, null, 2)}\n`) },
    ...files,
  ]);
const rows = files.map(({ name, data }) => ({ name, bytes: data.length, sha256: sha256Hex(data) }));
/** Of the tar header at the block, which is made right again. */
const altered = (change: (header: Buffer) => void, block = 0): Uint8Array => {
  const bytes = Buffer.from(good);
  const header = bytes.subarray(block * 512, block * 512 + 512);
  change(header);
  header.fill(' ', 148, 156);
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
    'latin1',
  );
  return bytes;
};

describe('an exported model', () => {
  it('comes back byte for byte, and the same files give the same archive', () => {
    expect(unpackModel(good, 'x.tar').map(({ name, data }) => [name, sha256Hex(data)])).toEqual(
      files.map(({ name, data }) => [name, sha256Hex(data)]),
    );
    expect(Buffer.from(packModel(files)).equals(good)).toBe(true);
  });

  it('is what tar unpacks', () => {
    writeFileSync(join(folder, 'm.tar'), good);
    execFileSync('tar', ['-xf', 'm.tar'], { cwd: folder });
    expect(readFileSync(join(folder, 'model.onnx')).equals(files[1]!.data)).toBe(true);
  });

  it('is refused when any byte of it is another, or missing', () => {
    assert(
      property(integer({ min: 0, max: good.length - 1 }), integer({ min: 1, max: 255 }), (at, flip) => {
        const bytes = Buffer.from(good);
        bytes[at] = bytes[at]! ^ flip;
        expect(refusal(bytes)).not.toBe('taken');
        expect(refusal(good.subarray(0, at))).not.toBe('taken');
      }),
      { numRuns: 600, seed: 7 },
    );
  });

  it.each<[string, () => Uint8Array, RegExp]>([
    ['a link', () => altered((header) => header.write('2', 156)), /not that of a plain file/],
    ['a folder', () => altered((header) => header.write('5', 156)), /not that of a plain file/],
    [
      'a path out of the folder',
      () => altered((header) => header.write('../../etc/passwd\0', 0)),
      /no plain file name/,
    ],
    ['an absolute path', () => altered((header) => header.write('/etc/passwd\0', 0)), /no plain file name/],
    [
      'a length that is a lie',
      () => altered((header) => header.write('77777777777\0', 124), 2),
      /before the end/,
    ],
    ['something behind the end', () => Buffer.concat([good, Buffer.alloc(512)]), /does not end/],
    ['a later format', () => listed({ format: 2, files: rows }), /format 2/],
    ['a file too many', () => listed({ format: 1, files: rows.slice(0, 1) }), /model.onnx is not in/],
    [
      'a file too few',
      () => listed({ format: 1, files: [...rows, { ...rows[0]!, name: 'card.md' }] }),
      /card.md is missing/,
    ],
    [
      'another hash',
      () => listed({ format: 1, files: [rows[0], { ...rows[1]!, sha256: '0'.repeat(64) }] }),
      /not the file/,
    ],
    ['no list', () => writeTar(files), /first file/],
    ['nothing', () => new Uint8Array(0), /does not end/],
    ['the same name twice', () => Buffer.concat([good.subarray(0, -1024), writeTar([files[1]!])]), /twice/],
  ])('is refused with %s', (_, bytes, says) => {
    expect(refusal(bytes())).toMatch(says);
  });

  it('holds what its model names, no more and no less', () => {
    const names = (...there: string[]) => there.map((name) => ({ name, data: new Uint8Array() }));
    const manifest = { files: { 'model.onnx': '', 'card.md': '' } };
    expect(() => checkNamed(names('manifest.json', 'model.onnx'), manifest, 'x')).toThrow(
      /card.md is missing/,
    );
    expect(() =>
      checkNamed(names('manifest.json', 'model.onnx', 'card.md', 'run.sh'), manifest, 'x'),
    ).toThrow(/does not name run.sh/);
    expect(readTar(writeTar([]), 'x')).toEqual([]);
  });
});
