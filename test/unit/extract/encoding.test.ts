import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import { encodingNamed } from '../../../src/extract/encoding-label.js';
import { decodePage } from '../../../src/extract/encoding.js';

const JAPANESE = '<title>ケーブルニット帽</title><p>あたたかい羊毛の帽子です。価格は3,080円。</p>';

function bytes(text: string, encoding: string): Uint8Array {
  return iconv.encode(text, encoding);
}

/** EUC-JP two-byte characters without their high bits, between escape sequences. */
function iso2022(text: string): Uint8Array {
  const out: number[] = [];
  // oxlint-disable-next-line no-control-regex -- runs inside and outside ASCII
  for (const run of text.match(/[\u0000-\u007f]+|[^\u0000-\u007f]+/g) ?? []) {
    const euc = [...iconv.encode(run, 'euc-jp')];
    if (euc.every((byte) => byte < 0x80)) out.push(...euc);
    else out.push(0x1b, 0x24, 0x42, ...euc.map((byte) => byte & 0x7f), 0x1b, 0x28, 0x42);
  }
  return Uint8Array.from(out);
}

describe('labels', () => {
  test.each([
    [
      'shift_jis',
      'cp932 CP932 windows-31j Windows-31J ms932 MS_Kanji x-sjis SJIS sjis-win shift-jis csShiftJIS Shift_JIS',
    ],
    ['euc-jp', 'EUC-JP eucjp x-euc-jp eucJP-win eucjpms eucJP-ms cp51932 CP51932 x-eucjp ujis'],
    ['iso-2022-jp', 'ISO-2022-JP csISO2022JP JIS cp50220 CP50221 iso-2022-jp-ms'],
    ['utf-8', 'UTF-8 utf8 UTF8mb4 unicode-1-1-utf-8'],
    ['windows-1252', 'iso-8859-1 latin1 us-ascii cp1252'],
  ])('%s', (name, labels) => {
    for (const label of labels.split(' '))
      expect(`${label} ${encodingNamed(label)}`).toBe(`${label} ${name}`);
  });

  test('an unknown label is null', () => {
    expect(encodingNamed('x-nobody-knows')).toBeNull();
    expect(encodingNamed('__proto__')).toBeNull();
  });
});

describe('decodePage', () => {
  test.each(['utf-8', 'euc-jp', 'shift_jis'])('detects %s without any declaration', (encoding) => {
    const { text, encoding: found, warnings } = decodePage(bytes(JAPANESE, encoding), 'text/html');
    expect(found).toBe(encoding);
    expect(text).toBe(JAPANESE);
    expect(warnings).toEqual([]);
  });

  test('detects ISO-2022-JP by its escapes, whatever is declared', () => {
    const { text, encoding } = decodePage(iso2022(JAPANESE), 'text/html; charset=utf-8');
    expect(encoding).toBe('iso-2022-jp');
    expect(text).toBe(JAPANESE);
  });

  test.each(['euc-jp', 'shift_jis', 'utf-8'])(
    'a character cut off at the end does not flip %s',
    (encoding) => {
      const whole = bytes(JAPANESE.slice(0, -4), encoding);
      for (const cut of [1, 2, 3]) {
        for (const contentType of ['text/html', `text/html; charset=${encoding}`]) {
          expect(decodePage(whole.subarray(0, -cut), contentType).encoding).toBe(encoding);
        }
      }
    },
  );

  test('NEC row 13 and IBM extensions, in both encodings', () => {
    // ① ㈱ 髙 as cp932 (CPython's codec) and as CP51932 have them.
    const sjis = Uint8Array.of(0x87, 0x40, 0x87, 0x8a, 0xfb, 0xfc);
    const euc = Uint8Array.of(0xad, 0xa1, 0xad, 0xea, 0xfc, 0xe2);
    expect(decodePage(sjis, 'text/html; charset=cp932').text).toBe('①㈱髙');
    expect(decodePage(euc, 'text/html; charset=eucJP-win').text).toBe('①㈱髙');
  });

  test('a declaration is read from header, meta, http-equiv and XML, in this order', () => {
    const meta = bytes(`<meta charset="x-sjis"><p>帽子</p>`, 'shift_jis');
    const equiv = bytes(
      `<META http-equiv=Content-Type content="text/html; charset=euc-jp"><p>帽子</p>`,
      'euc-jp',
    );
    const xml = bytes(`<?xml version="1.0" encoding="Shift_JIS"?><p>帽子</p>`, 'shift_jis');
    expect(decodePage(meta, null).text).toContain('帽子');
    expect(decodePage(equiv, null).text).toContain('帽子');
    expect(decodePage(xml, 'application/xhtml+xml').text).toContain('帽子');
    const both = bytes(`<meta charset="shift_jis"><p>帽子です</p>`, 'euc-jp');
    expect(decodePage(both, 'text/html; charset=EUC-JP').text).toContain('帽子です');
  });

  test.each([
    ['utf-8', 'euc-jp'],
    ['utf-8', 'shift_jis'],
    ['shift_jis', 'euc-jp'],
    ['euc-jp', 'shift_jis'],
    ['iso-8859-1', 'utf-8'],
    ['iso-8859-1', 'euc-jp'],
    ['euc-jp', 'utf-8'],
  ])('a page that claims %s and is %s is read right and reported', (claimed, real) => {
    const page = bytes(`${JAPANESE}<p>セーターもあります</p>`, real);
    const { text, encoding, warnings } = decodePage(page, `text/html; charset=${claimed}`);
    expect(encoding).toBe(real);
    expect(text).toContain('あたたかい羊毛の帽子です');
    expect(warnings).toHaveLength(1);
  });

  test('one broken character does not unseat the declaration', () => {
    const page = Uint8Array.of(...bytes(JAPANESE.repeat(5), 'utf-8'), 0xff, ...bytes(JAPANESE, 'utf-8'));
    const { encoding, text } = decodePage(page, 'text/html; charset=utf-8');
    expect(encoding).toBe('utf-8');
    expect(text).toContain('羊毛');
  });

  test('western pages without a declaration are windows-1252, with its euro sign', () => {
    const { encoding, text } = decodePage(bytes('Prix : 49,90 € – déjà vendu', 'windows-1252'), null);
    expect(encoding).toBe('windows-1252');
    expect(text).toBe('Prix : 49,90 € – déjà vendu');
  });

  test('byte order marks win', () => {
    const utf16 = Uint8Array.of(0xff, 0xfe, ...bytes('<p>帽子</p>', 'utf-16le'));
    expect(decodePage(utf16, 'text/html; charset=utf-8').text).toBe('<p>帽子</p>');
    const utf8 = Uint8Array.of(0xef, 0xbb, 0xbf, ...bytes('帽子', 'utf-8'));
    expect(decodePage(utf8, 'text/html; charset=euc-jp').text).toBe('帽子');
  });

  test('nothing is text, too', () => {
    expect(decodePage(new Uint8Array(), null)).toEqual({ text: '', encoding: 'utf-8', warnings: [] });
  });
});
