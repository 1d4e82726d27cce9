/**
 * Labels of encodings, as pages and servers write them -> the WHATWG name.
 *
 * The Encoding Standard lacks many labels that Japanese servers, editors and PHP send; they are added here.
 */

const ALIASES: Readonly<Record<string, string>> = {
  ...aliases(
    'shift_jis',
    'cp932 ms932 cp943 cp943c ibm943 sjiswin sjisopen xmscp932 windows932 mskanji sjis',
  ),
  ...aliases('euc-jp', 'eucjp eucjpwin eucjpms eucjpopen cp51932 xeucjpms xeucjp ujis eucjis'),
  ...aliases('iso-2022-jp', 'cp50220 cp50221 cp50222 iso2022jpms iso2022jp1 iso2022jp2 jis xjis'),
  ...aliases('utf-8', 'utf8mb4 utf8n utf unicode11utf8'),
};

function aliases(name: string, labels: string): Record<string, string> {
  return Object.fromEntries(labels.split(' ').map((label) => [label, name]));
}

const known = new Map<string, string | null>();
/** A page may name any label: what is remembered of them is bounded. */
const REMEMBERED = 500;

/** WHATWG name in lower case, or null for a label that nobody knows. */
export function encodingNamed(label: string): string | null {
  const key = label.trim().toLowerCase();
  const remembered = known.get(key);
  if (remembered !== undefined) return remembered;
  const name = ALIASES[key.replaceAll(/[^a-z0-9]/g, '')] ?? standardName(key);
  if (known.size < REMEMBERED) known.set(key, name);
  return name;
}

function standardName(label: string): string | null {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return null;
  }
}

/** The charset parameter of a Content-Type. */
export function headerEncoding(contentType: string | null): string | null {
  const match = /;\s*charset\s*=\s*["']?([^"';\s]{1,60})/i.exec(contentType ?? '');
  return match?.[1] === undefined ? null : encodingNamed(match[1]);
}

/** The standard asks for 1,024 bytes; pages with long scripts before the tag are common. */
const PRESCAN_BYTES = 16_384;

/**
 * What the document itself declares, in the order of trust: meta charset or http-equiv, XML declaration.
 * UTF-16 in a tag that was read byte by byte cannot be true and stands for UTF-8 (HTML standard, 13.2.3.2).
 */
export function documentEncodings(body: Uint8Array): string[] {
  const head = Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, PRESCAN_BYTES))
    .toString('latin1')
    .replaceAll(/<!--[\s\S]*?(?:-->|$)/g, ' ');
  const labels = [
    ...[...head.matchAll(/<meta\b[^>]{0,500}?charset\s*=\s*["']?\s*([^"'\s;>/]{1,60})/gi)].slice(0, 3),
    ...head.matchAll(/^\s*<\?xml\b[^>]{0,200}?encoding\s*=\s*["']([^"']{1,60})/gi),
  ];
  const names = labels.map((match) => encodingNamed(match[1] ?? ''));
  return names.filter((name) => name !== null).map((name) => (name.startsWith('utf-16') ? 'utf-8' : name));
}
