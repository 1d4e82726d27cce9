/**
 * The POSIX tape archive (IEEE Std 1003.1, "ustar Interchange Format"), in the one form that models are exchanged in:
 * regular files with plain names, one after the other, as any tar program packs and unpacks them.
 *
 * The reader takes exactly what the writer writes, byte for byte: links, folders, paths, long names, owners, times, and
 * anything behind the end are refused, so that there is nothing in an archive that nobody looked at.
 */
import { FashiondError } from '../domain/errors.js';

export interface TarFile {
  readonly name: string;
  readonly data: Uint8Array;
}

const BLOCK = 512;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const END = 2 * BLOCK;

export function writeTar(files: readonly TarFile[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { name, data } of files) {
    if (!NAME.test(name)) throw new FashiondError('internal', `${name} is no plain file name`);
    parts.push(headerOf(name, data.length), data, new Uint8Array(padding(data.length)));
  }
  return Buffer.concat([...parts, new Uint8Array(END)]);
}

/** Throws FashiondError `refused` with the place of what is off; `file` stands in errors. */
export function readTar(bytes: Uint8Array, file: string): TarFile[] {
  const files: TarFile[] = [];
  let at = 0;
  while (!isZero(bytes.subarray(at, at + BLOCK))) {
    const header = bytes.subarray(at, at + BLOCK);
    if (header.length < BLOCK) throw off(file, `it ends at byte ${bytes.length}, in the middle of a header`);
    const name = textOf(header.subarray(0, 100));
    const size = Number.parseInt(textOf(header.subarray(124, 136)), 8);
    if (!NAME.test(name)) throw off(file, `${JSON.stringify(name)} is no plain file name`);
    // Whatever else a header may say is refused with it: links, folders, owners, times, extensions.
    if (!Number.isSafeInteger(size) || !Buffer.from(headerOf(name, size)).equals(header)) {
      throw off(file, `the header of ${name} is not that of a plain file`);
    }
    const start = at + BLOCK;
    const end = start + size;
    at = end + padding(size);
    if (at > bytes.length) throw off(file, `it ends at byte ${bytes.length}, before the end of ${name}`);
    if (!isZero(bytes.subarray(end, at))) throw off(file, `there is something behind ${name}`);
    if (files.some((other) => other.name === name)) throw off(file, `${name} is in it twice`);
    files.push({ name, data: bytes.subarray(start, end) });
  }
  if (bytes.length !== at + END || !isZero(bytes.subarray(at)))
    throw off(file, 'it does not end where it should');
  return files;
}

/** Mode 0644, owner 0, time 0: the same files always give the same archive. */
function headerOf(name: string, size: number): Uint8Array {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;
  header.write(name, 0, 'latin1');
  header.write(octal(0o644, 7), 100, 'latin1');
  header.write(octal(0, 7), 108, 'latin1');
  header.write(octal(0, 7), 116, 'latin1');
  header.write(octal(size, 11), 124, 'latin1');
  header.write(octal(0, 11), 136, 'latin1');
  header.write('        0', 148, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

function textOf(field: Uint8Array): string {
  const end = field.indexOf(0);
  return Buffer.from(end < 0 ? field : field.subarray(0, end)).toString('latin1');
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

function off(file: string, what: string): FashiondError {
  return new FashiondError('refused', `${file} is no exported model: ${what}`, {
    hint: 'Export the model again with fashiond models export, or copy the file again.',
  });
}
