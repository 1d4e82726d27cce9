/**
 * What a checkpoint is kept in: one file, whole or absent. A line of JSON that says what the training is and how far it
 * came, then its float32 vectors, little-endian, whose lengths and SHA-256 the line names.
 */
import { readFile } from 'node:fs/promises';
import { FashiondError } from '../../domain/errors.js';
import { writeFileAtomic } from '../../platform/atomic-file.js';
import { sha256Hex } from '../../platform/fingerprint.js';

interface Places {
  readonly lengths: readonly number[];
  readonly sha256: string;
}

/** Throws FashiondError `refused` where there is no room; the file before is whole then. */
export async function writeVectorFile(
  path: string,
  head: object,
  vectors: readonly Float32Array[],
): Promise<void> {
  const body = Buffer.concat(
    vectors.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
  );
  const places: Places = { lengths: vectors.map(({ length }) => length), sha256: sha256Hex(body) };
  const bytes = Buffer.concat([Buffer.from(`${JSON.stringify({ ...head, ...places })}\n`), body]);
  try {
    await writeFileAtomic(path, bytes);
  } catch (error) {
    if (!(error instanceof FashiondError)) throw error;
    // The training ends here, but what it has learnt so far need not be lost.
    const hint = `${error.hint ?? ''}: the checkpoint before is whole, and --resume goes on from it`;
    throw new FashiondError(error.code, error.message, { hint, cause: error });
  }
}

/** Null when there is no such file. Throws FashiondError `corrupt` for one that is damaged. */
export async function readVectorFile(
  path: string,
): Promise<{ readonly head: unknown; readonly vectors: readonly Float32Array[] } | null> {
  const bytes = await readFile(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  });
  if (bytes === null) return null;
  const end = bytes.indexOf(0x0a);
  const head = parseHead(bytes.subarray(0, end), path);
  const body = Uint8Array.from(bytes.subarray(end + 1));
  const expected = head.lengths.reduce((sum, length) => sum + length * 4, 0);
  if (body.length !== expected || sha256Hex(body) !== head.sha256) throw damagedCheckpoint(path);
  let at = 0;
  const vectors = head.lengths.map((length) => {
    const vector = new Float32Array(body.buffer, at, length);
    at += length * 4;
    return vector;
  });
  return { head, vectors };
}

function parseHead(line: Uint8Array, path: string): Places {
  try {
    const head = JSON.parse(new TextDecoder().decode(line)) as Partial<Places>;
    const { lengths, sha256 } = head;
    if (Array.isArray(lengths) && typeof sha256 === 'string') return { ...head, lengths, sha256 };
  } catch {
    // Reported below: what is no JSON is as damaged as what has the wrong form.
  }
  throw damagedCheckpoint(path);
}

export function damagedCheckpoint(path: string): FashiondError {
  return new FashiondError('corrupt', `${path} is damaged or of another version`, {
    hint: 'start the training again without --resume',
  });
}
