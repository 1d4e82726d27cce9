/** EUC-JP text and the percent-escapes that old shop programs put into their links. */
import iconv from 'iconv-lite';
import { FashiondError } from '../domain/errors.js';

/** @throws FashiondError `internal` for a character that EUC-JP does not have: pages must not hold any. */
export function eucJpBytes(text: string): Uint8Array {
  const bytes = iconv.encode(text, 'EUC-JP');
  if (iconv.decode(bytes, 'EUC-JP') !== text) {
    const lost = Array.from(text).find(
      (character) => iconv.decode(iconv.encode(character, 'EUC-JP'), 'EUC-JP') !== character,
    );
    throw new FashiondError('internal', `EUC-JP has no character ${lost ?? '?'}`);
  }
  return bytes;
}

/** `ニット` -> `%A5%CB%A5%C3%A5%C8`: letters, digits and `-_.` stay, every other byte is escaped. */
export function eucJpEscaped(text: string): string {
  return [...eucJpBytes(text)]
    .map((byte) => {
      const character = String.fromCodePoint(byte);
      return /[\w.-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

/** The reverse; `+` is a space, as in forms. */
export function eucJpUnescaped(escaped: string): string {
  const bytes: number[] = [];
  for (let at = 0; at < escaped.length; at += 1) {
    const hex = /^%([0-9a-f]{2})/i.exec(escaped.slice(at, at + 3))?.[1];
    if (hex !== undefined) {
      bytes.push(Number.parseInt(hex, 16));
      at += 2;
    } else {
      bytes.push(escaped[at] === '+' ? 0x20 : (escaped.codePointAt(at) ?? 0) & 0xff);
    }
  }
  return iconv.decode(Buffer.from(bytes), 'EUC-JP');
}
