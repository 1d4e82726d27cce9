import { array, assert, dictionary, float, nat, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTensors, encodeTensors } from '../../../src/model/safetensors.js';
import type { TensorFile } from '../../../src/model/safetensors.js';

const file: TensorFile = {
  tensors: new Map([
    ['b.weight', { shape: [2, 3], data: Float32Array.of(1.5, -2, 0.25, 0, 1e-3, 3) }],
    ['a.bias', { shape: [2], data: Float32Array.of(7, -0.5) }],
    ['s', { shape: [], data: Float32Array.of(2) }],
  ]),
  metadata: { network: '{"a":1}' },
};

/** Written by the format's own library (Python package safetensors 0.8.0, `numpy.save`) from the same tensors. */
const GOLDEN = Buffer.from(
  'd8000000000000007b225f5f6d657461646174615f5f223a7b226e6574776f726b223a227b5c22615c223a317d227d2c22612e6269' +
    '6173223a7b226474797065223a22463332222c227368617065223a5b325d2c22646174615f6f666673657473223a5b302c385d7d' +
    '2c22622e776569676874223a7b226474797065223a22463332222c227368617065223a5b322c335d2c22646174615f6f66667365' +
    '7473223a5b382c33325d7d2c2273223a7b226474797065223a22463332222c227368617065223a5b5d2c22646174615f6f666673' +
    '657473223a5b33322c33365d7d7d200000e040000000bf0000c03f000000c00000803e000000006f12833a0000404000000040',
  'hex',
);

/** A file with this header and as many bytes of data. */
function withHeader(header: unknown, data: number, length?: bigint): Buffer {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const head = Buffer.alloc(8);
  head.writeBigUInt64LE(length ?? BigInt(text.length));
  return Buffer.concat([head, text, Buffer.alloc(data)]);
}

const entry = (shape: readonly unknown[], from: unknown, to: unknown, dtype = 'F32') => ({
  dtype,
  shape,
  data_offsets: [from, to],
});

describe('safetensors', () => {
  it('writes the very bytes of the format’s own library', () => {
    expect(Buffer.from(encodeTensors(file)).toString('hex')).toBe(GOLDEN.toString('hex'));
  });

  it('reads what that library wrote, wherever it lies in memory', () => {
    const shifted = Buffer.concat([Buffer.of(1, 2, 3), GOLDEN]).subarray(3);
    const read = decodeTensors(shifted, 'golden');
    expect(read.metadata).toEqual(file.metadata);
    expect(Object.fromEntries(read.tensors)).toEqual(Object.fromEntries(file.tensors));
  });

  it('gives back any tensors under any names', () => {
    const tensor = array(float({ noNaN: true }), { maxLength: 9 }).map((values) => ({
      shape: [values.length],
      data: Float32Array.from(values),
    }));
    const names = dictionary(
      string({ unit: 'grapheme' }).filter((name) => name !== '__metadata__'),
      tensor,
      { noNullPrototype: true },
    );
    assert(
      property(names, dictionary(string(), string()), (tensors, metadata) => {
        const given = new Map(Object.entries(tensors));
        const read = decodeTensors(encodeTensors({ tensors: given, metadata }), 'x');
        expect(read.tensors).toEqual(given);
        expect(Object.entries(read.metadata)).toEqual(Object.entries(metadata));
      }),
      { numRuns: 25 },
    );
  });

  it('keeps a name that means something to JavaScript', () => {
    const metadata = JSON.parse('{"__proto__":"x"}') as Record<string, string>;
    const tensors = new Map([['__proto__', { shape: [1], data: Float32Array.of(4) }]]);
    const read = decodeTensors(encodeTensors({ tensors, metadata }), 'x');
    expect(read.tensors).toEqual(tensors);
    expect(Object.entries(read.metadata)).toEqual([['__proto__', 'x']]);
  });

  it.each([
    ['an empty file', Buffer.alloc(0), /0 bytes are no file/],
    ['a header longer than the file', withHeader({}, 0, 3n), /a header of 3 bytes in a file of 10/],
    ['a header of 2^63 bytes', withHeader({}, 0, 2n ** 63n), /a header of 9223372036854775808 bytes/],
    ['no UTF-8', withHeader('\u0000', 0).fill(0xff, 8), /no UTF-8/],
    ['no JSON', withHeader('{', 0), /no JSON/],
    ['deep nesting', withHeader('['.repeat(100_000), 0), /no JSON/],
    ['another kind of JSON', withHeader('[]', 0), /no JSON object/],
    ['space before the header', withHeader(' {}', 0), /no JSON object/],
    ['metadata that is a list', withHeader({ __metadata__: ['a'] }, 0), /__metadata__ is no map of texts/],
    ['metadata with a number', withHeader({ __metadata__: { a: 1 } }, 0), /__metadata__ is no map of texts/],
    ['another type', withHeader({ a: entry([1], 0, 2, 'F16') }, 2), /tensor a: dtype expected dtype F32/],
    ['an unknown key', withHeader({ a: { ...entry([1], 0, 4), path: '/etc' } }, 4), /tensor a: .*path/],
    ['a negative side', withHeader({ a: entry([-1], 0, 4) }, 4), /tensor a: shape\.0/],
    ['half a side', withHeader({ a: entry([0.5, 2], 0, 4) }, 4), /tensor a: shape\.0/],
    ['too many axes', withHeader({ a: entry(Array(9).fill(1), 0, 4) }, 4), /tensor a: shape/],
    ['a shape beyond all numbers', withHeader({ a: entry(Array(8).fill(2 ** 53 - 1), 0, 4) }, 4), /has 4 b/],
    ['more bytes than the shape', withHeader({ a: entry([1], 0, 8) }, 8), /shape \[1\] has 8 bytes/],
    ['ends before it starts', withHeader({ a: entry([1], 4, 0) }, 4), /starts at 4, where 0 was due/],
    ['a tensor outside', withHeader({ a: entry([2], 0, 8) }, 4), /end at byte 8 of 4/],
    ['data nobody names', withHeader({ a: entry([1], 0, 4) }, 8), /end at byte 4 of 8/],
    ['a hole', withHeader({ a: entry([1], 0, 4), b: entry([1], 8, 12) }, 12), /b starts at 8, where 4/],
    ['an overlap', withHeader({ a: entry([2], 0, 8), b: entry([1], 4, 8) }, 8), /b starts at 4, where 8/],
    ['a name twice', withHeader('{"a":1,"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}', 4), /twice/],
    ['a truncated file', GOLDEN.subarray(0, -1), /end at byte 36 of 35/],
  ])('refuses %s', (_what, bytes, message) => {
    expect(() => decodeTensors(bytes, 'hostile.safetensors')).toThrow(message);
    expect(() => decodeTensors(bytes, 'hostile.safetensors')).toThrow(/^hostile\.safetensors is no/);
  });

  it('never fails in any other way on a file with changed bytes', () => {
    const codeOf = (bytes: Uint8Array): string => {
      try {
        decodeTensors(bytes, 'x');
        return 'read';
      } catch (error) {
        return String((error as { code?: string }).code);
      }
    };
    const changed = property(nat(GOLDEN.length - 1), nat(255), (at, value) => {
      const bytes = Buffer.from(GOLDEN);
      bytes[at] = value;
      expect(['read', 'corrupt']).toContain(codeOf(bytes));
    });
    assert(changed, { numRuns: 300 });
  });

  it('does not write a tensor whose values do not fill its shape', () => {
    const tensors = new Map([['a', { shape: [3], data: new Float32Array(2) }]]);
    expect(() => encodeTensors({ tensors, metadata: {} })).toThrow(/tensor a: 2 values for shape \[3\]/);
  });
});
