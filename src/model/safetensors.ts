/**
 * The safetensors file format: named float32 tensors that other tools read too
 * (https://huggingface.co/docs/safetensors, "Format").
 *
 * Eight bytes with the header's length (little-endian), the header (JSON: name -> dtype, shape, data_offsets;
 * `__metadata__` -> texts), then the data. Files come from anywhere, so a reader believes nothing: every tensor
 * must lie inside the data, the tensors must fill it without gap or overlap, and sizes are bounded before
 * memory is taken for them.
 */
import { z } from 'zod';
import { FashiondError, messageOf } from '../domain/errors.js';

export interface NamedTensor {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float32Array;
}

export interface TensorFile {
  readonly tensors: ReadonlyMap<string, NamedTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

const METADATA = '__metadata__';
const LENGTH_BYTES = 8;
/** The header is padded with spaces, so that the data starts aligned. */
const ALIGNMENT = 8;
/** The format allows 100 MB; a network of ten thousand tensors needs 2. */
const MAX_HEADER = 16 * 1024 * 1024;
const MAX_RANK = 8;

const count = z.int().min(0);
const entrySchema = z.strictObject({
  dtype: z.literal('F32', { error: 'expected dtype F32' }),
  shape: z.array(count).max(MAX_RANK),
  data_offsets: z.tuple([count, count]),
});
type Entry = z.output<typeof entrySchema>;

/** Tensors in the order of their names, as the format's own library writes them. */
export function encodeTensors({ tensors, metadata }: TensorFile): Uint8Array {
  const sorted = [...tensors].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const header: [string, unknown][] = Object.keys(metadata).length === 0 ? [] : [[METADATA, metadata]];
  let end = 0;
  for (const [name, { shape, data }] of sorted) {
    if (name === METADATA || sizeOf(shape) !== data.length) {
      throw new FashiondError(
        'internal',
        `tensor ${name}: ${data.length} values for shape [${shape.join()}]`,
      );
    }
    header.push([name, { dtype: 'F32', shape, data_offsets: [end, (end += data.length * 4)] }]);
  }
  // Written entry by entry: an object would put names that look like numbers first.
  const entries = header.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  const text = Buffer.from(`{${entries.join()}}`);
  const padded = Math.ceil(text.length / ALIGNMENT) * ALIGNMENT;
  const bytes = Buffer.alloc(LENGTH_BYTES + padded + end, ' ');
  bytes.writeBigUInt64LE(BigInt(padded));
  text.copy(bytes, LENGTH_BYTES);
  let at = LENGTH_BYTES + padded;
  for (const [, { data }] of sorted) for (const value of data) at = bytes.writeFloatLE(value, at);
  return bytes;
}

/** `name` stands in errors. Throws FashiondError `corrupt` for anything but a whole, consistent file of float32 tensors. */
export function decodeTensors(bytes: Uint8Array, name: string): TensorFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < LENGTH_BYTES) throw damaged(name, `${bytes.length} bytes are no file`);
  const length = view.getBigUint64(0, true);
  if (length > MAX_HEADER || Number(length) > bytes.length - LENGTH_BYTES) {
    throw damaged(name, `a header of ${length} bytes in a file of ${bytes.length}`);
  }
  const start = LENGTH_BYTES + Number(length);
  const { entries, metadata } = parseHeader(bytes.subarray(LENGTH_BYTES, start), name);
  checkPlaces(entries, bytes.length - start, name);
  const tensors = new Map<string, NamedTensor>();
  for (const [
    tensor,
    {
      shape,
      data_offsets: [from, to],
    },
  ] of entries) {
    const data = new Float32Array((to - from) / 4);
    for (let at = 0; at < data.length; at += 1) data[at] = view.getFloat32(start + from + at * 4, true);
    tensors.set(tensor, { shape, data });
  }
  return { tensors, metadata };
}

function parseHeader(
  bytes: Uint8Array,
  name: string,
): { readonly entries: readonly (readonly [string, Entry])[]; readonly metadata: Record<string, string> } {
  const text = decodeText(bytes, name);
  const json = parseObject(text, name);
  const metadata = Object.hasOwn(json, METADATA) ? json[METADATA] : {};
  if (!holdsTexts(metadata)) throw damaged(name, `${METADATA} is no map of texts`);
  const entries: [string, Entry][] = [];
  for (const [tensor, value] of Object.entries(json)) {
    if (tensor === METADATA) continue;
    const entry = entrySchema.safeParse(value);
    if (!entry.success) {
      const [issue] = entry.error.issues;
      throw damaged(name, `tensor ${tensor}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
    }
    entries.push([tensor, entry.data]);
  }
  // A name that stands twice would mean one thing here and another elsewhere.
  if (countPairs(json) !== countColons(text)) throw damaged(name, 'a name stands twice in the header');
  return { entries, metadata };
}

function holdsTexts(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((text) => typeof text === 'string');
}

function decodeText(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw damaged(name, `the header is no UTF-8: ${messageOf(error)}`);
  }
}

function parseObject(text: string, name: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw damaged(name, `the header is no JSON: ${messageOf(error)}`);
  }
  if (!text.startsWith('{') || typeof json !== 'object' || json === null) {
    throw damaged(name, 'the header is no JSON object');
  }
  return json as Record<string, unknown>;
}

function countPairs(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const children: unknown[] = Object.values(value);
  const own = Array.isArray(value) ? 0 : children.length;
  return children.reduce<number>((sum, child) => sum + countPairs(child), own);
}

/** Colons outside of strings: one for each pair of the text, those that JSON.parse overwrites included. */
function countColons(text: string): number {
  let colons = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') quoted = !quoted;
    else if (quoted && character === '\\') at += 1;
    else if (!quoted && character === ':') colons += 1;
  }
  return colons;
}

/** Every tensor is as long as its shape says, and together they are the data, each byte once. */
function checkPlaces(entries: readonly (readonly [string, Entry])[], length: number, name: string): void {
  const inOrder = [...entries].sort(
    ([, { data_offsets: a }], [, { data_offsets: b }]) => a[0] - b[0] || a[1] - b[1],
  );
  let end = 0;
  for (const [
    tensor,
    {
      shape,
      data_offsets: [from, to],
    },
  ] of inOrder) {
    if (from !== end) throw damaged(name, `tensor ${tensor} starts at ${from}, where ${end} was due`);
    if (to - from !== sizeOf(shape) * 4) {
      throw damaged(name, `tensor ${tensor} of shape [${shape.join(', ')}] has ${to - from} bytes`);
    }
    end = to;
  }
  if (end !== length) throw damaged(name, `the tensors end at byte ${end} of ${length}`);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

function damaged(name: string, what: string): FashiondError {
  return new FashiondError('corrupt', `${name} is no safetensors file that can be read: ${what}`, {
    hint: 'copy the file again from where it was made, or train the model anew',
  });
}
