import { array, assert, constantFrom, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../../../src/learn/dataset/csv.js';

const fields = (text: string): (readonly string[])[] => parseCsv(text).map((row) => row.fields);

describe('parseCsv', () => {
  it('reads the examples of RFC 4180', () => {
    expect(fields('aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n')).toEqual([
      ['aaa', 'bbb', 'ccc'],
      ['zzz', 'yyy', 'xxx'],
    ]);
    expect(fields('aaa,bbb,ccc\r\nzzz,yyy,xxx')).toHaveLength(2);
    expect(fields('"aaa","b\r\nbb","ccc"\r\nzzz,yyy,xxx')).toEqual([
      ['aaa', 'b\r\nbb', 'ccc'],
      ['zzz', 'yyy', 'xxx'],
    ]);
    expect(fields('"aaa","b""bb","ccc"')).toEqual([['aaa', 'b"bb', 'ccc']]);
  });

  it('reads back whatever was written', () => {
    const text = string({ unit: constantFrom('a', 'é', '服', ' ', ',', '"', '\n', '\r', '\r\n') });
    const row = array(text, { minLength: 2, maxLength: 4 });
    assert(
      property(array(row), constantFrom('\n', '\r\n'), (rows, newline) => {
        const written = rows.map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(','));
        expect(fields(written.join(newline))).toEqual(rows);
      }),
    );
  });

  it('drops a byte-order mark and empty lines, keeps empty fields, and counts lines', () => {
    expect(parseCsv('\uFEFFa,b\n\n,\n"x\ny",z\nlast,')).toEqual([
      { line: 1, fields: ['a', 'b'] },
      { line: 3, fields: ['', ''] },
      { line: 4, fields: ['x\ny', 'z'] },
      { line: 6, fields: ['last', ''] },
    ]);
    expect(parseCsv('')).toEqual([]);
  });

  it.each(['a,b\nc,"d\ne,f\n', 'a,b\nc,"d"e\n', 'a,b\nc,5" heel\n'])('names the line of %j', (text) => {
    expect(() => parseCsv(text)).toThrow(/line 2 /);
  });
});
