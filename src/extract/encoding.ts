/**
 * Bytes of a page -> text.
 *
 * Order: byte order mark, Content-Type, meta, XML declaration, detection. A declaration is believed only when
 * the bytes bear it out: a page that claims UTF-8 and is EUC-JP is read as EUC-JP and reported. A character cut
 * off at the end of the body never speaks against an encoding, because decoders run in streaming mode.
 */
import { isAscii } from 'node:buffer';
import iconv from 'iconv-lite';
import { documentEncodings, headerEncoding } from './encoding-label.js';
import { plausibility } from './japanese-text.js';

export interface DecodedPage {
  readonly text: string;
  /** WHATWG name. */
  readonly encoding: string;
  readonly warnings: readonly string[];
}

interface Attempt {
  readonly encoding: string;
  readonly text: string;
}

export function decodePage(body: Uint8Array, contentType: string | null): DecodedPage {
  const marked = byteOrderMark(body);
  if (marked !== null) return { text: decode(body, marked), encoding: marked, warnings: [] };
  const header = headerEncoding(contentType);
  const declared = [...new Set([...(header === null ? [] : [header]), ...documentEncodings(body)])];
  const attempt = decodeBest(body, declared);
  const claim = declared[0];
  const warnings =
    claim === undefined || claim === attempt.encoding || isAscii(body)
      ? []
      : [`encoding: the page claims ${claim} but is ${attempt.encoding}`];
  return { ...attempt, warnings };
}

function decodeBest(body: Uint8Array, declared: readonly string[]): Attempt {
  if (isAscii(body)) {
    const encoding = hasIso2022Escapes(body) ? 'iso-2022-jp' : (declared[0] ?? 'utf-8');
    if (/^(?:utf-8|euc-jp|windows-|iso-8859-)/.test(encoding)) return { encoding, text: asciiText(body) };
    // UTF-16 holds ASCII bytes only as pairs with zeros.
    if (!encoding.startsWith('utf-16') || body.includes(0)) return { encoding, text: decode(body, encoding) };
    return { encoding: 'utf-8', text: asciiText(body) };
  }
  const tried = new Map<string, string | null>();
  const clean: CleanText = (encoding) => {
    const known = tried.get(encoding);
    if (known !== undefined) return known;
    const text = decodeStrictly(body, encoding);
    tried.set(encoding, text);
    return text;
  };
  return chooseClean(clean, declared) ?? chooseDamaged(body, declared);
}

function asciiText(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
}

/** What the bytes are in an encoding, or null where they are not in it. Most pages need the first one only. */
type CleanText = (encoding: string) => string | null;

/** Encodings in which any bytes, or nearly any, decode: a clean result proves nothing. */
const LENIENT = /^(windows-|iso-8859|koi8|mac|x-mac|ibm|gb|big5|utf-16)/;

function chooseClean(clean: CleanText, declared: readonly string[]): Attempt | null {
  const attempt = (encoding: string): Attempt | null => {
    const text = clean(encoding);
    return text === null ? null : { encoding, text };
  };
  const strict = declared.find((encoding) => !LENIENT.test(encoding) && clean(encoding) !== null);
  if (strict !== undefined && !isJapanese(strict)) return attempt(strict);
  if (strict === undefined && clean('utf-8') !== null) return attempt('utf-8');
  const japanese = ['euc-jp', 'shift_jis']
    .map((encoding) => ({ encoding, score: plausibility(clean(encoding) ?? '') }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
  const best = japanese[0]?.encoding;
  // Two Japanese encodings are told apart by what the text looks like; a tie goes to the declared one.
  if (strict !== undefined) return attempt(isMuchBetter(clean, best, strict) ? (best ?? strict) : strict);
  if (best !== undefined) return attempt(best);
  const lenient = declared.find((encoding) => clean(encoding) !== null);
  return lenient === undefined ? null : attempt(lenient);
}

function isMuchBetter(clean: CleanText, best: string | undefined, than: string): boolean {
  if (best === undefined || best === than) return false;
  return plausibility(clean(best) ?? '') > plausibility(clean(than) ?? '') + 0.3;
}

/** Share of undecodable characters up to which a declaration is still believed. */
const DAMAGE_BELIEVED = 0.02;

/** No encoding decodes all bytes: the one with the least damage, the declared one first. */
function chooseDamaged(whole: Uint8Array, declared: readonly string[]): Attempt {
  const { encoding } = leastDamaged(whole.subarray(0, SAMPLE_BYTES), declared);
  return { encoding, text: decode(whole, encoding) };
}

/** Enough to tell encodings apart by. */
const SAMPLE_BYTES = 400_000;

function leastDamaged(body: Uint8Array, declared: readonly string[]): Attempt {
  const candidates = [
    ...new Set([...declared.filter((e) => !LENIENT.test(e)), 'utf-8', 'euc-jp', 'shift_jis']),
  ];
  let best: { attempt: Attempt; score: number } | null = null;
  for (const encoding of candidates) {
    const text = decode(body, encoding);
    const attempt = { encoding, text };
    const damage = damageOf(text);
    if (encoding === declared[0] && damage < DAMAGE_BELIEVED) return attempt;
    const score = (isJapanese(encoding) ? Math.min(1, plausibility(text)) : 1) - damage * 4;
    if (damage < 0.3 && score > 0 && (best === null || score > best.score)) best = { attempt, score };
  }
  if (best !== null) return best.attempt;
  const encoding = declared.find((e) => LENIENT.test(e)) ?? 'windows-1252';
  return { encoding, text: decode(body, encoding) };
}

/** Undecodable characters among those outside ASCII. */
function damageOf(text: string): number {
  let replaced = 0;
  let others = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 0xfffd) replaced += 1;
    else if (code > 0x7f) others += 1;
  }
  return replaced === 0 ? 0 : replaced / (replaced + others);
}

function isJapanese(encoding: string): boolean {
  return encoding === 'euc-jp' || encoding === 'shift_jis' || encoding === 'iso-2022-jp';
}

function decodeStrictly(body: Uint8Array, encoding: string): string | null {
  if (encoding === 'windows-1252') return decode(body, encoding);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(body, { stream: true });
  } catch {
    return null;
  }
}

function decode(body: Uint8Array, encoding: string): string {
  // Node 20 decodes windows-1252 as Latin-1, which turns the euro sign into a control character.
  if (encoding === 'windows-1252') return iconv.decode(Buffer.from(body), 'windows-1252');
  return new TextDecoder(encoding).decode(body, { stream: true });
}

function byteOrderMark(body: Uint8Array): string | null {
  const [a, b, c] = body;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  // A page in UTF-16 without a mark begins with an ASCII character beside a zero.
  if (a === 0x3c && b === 0) return 'utf-16le';
  return a === 0 && b === 0x3c ? 'utf-16be' : null;
}

/** ESC $ B, ESC $ @ or ESC ( J (RFC 1468). */
function hasIso2022Escapes(body: Uint8Array): boolean {
  for (let at = body.indexOf(0x1b); at !== -1; at = body.indexOf(0x1b, at + 1)) {
    const [second, third] = [body[at + 1], body[at + 2]];
    if (second === 0x24 && (third === 0x42 || third === 0x40)) return true;
    if (second === 0x28 && third === 0x4a) return true;
  }
  return false;
}
