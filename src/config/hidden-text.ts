/**
 * A config's text as it may be shown in an error: where secrets stand there are stars, as many, so that lines and columns
 * stay right. What may be a secret is hidden too, such as the value of a misspelled key of a token.
 */
import { isAlias, isMap, isNode, isPair, isScalar, isSeq, visit } from 'yaml';
import type { Document, Pair, YAMLMap } from 'yaml';

/** From the first character to the one behind the last. */
type Span = readonly [number, number];

interface HiddenText {
  readonly text: string;
  /** Whether what stands at an offset is hidden. */
  isHidden(offset: number): boolean;
  /** Whether a value that is hidden is an alias: what YAML says of it would name it. */
  readonly hidesAlias: boolean;
}

const SECRET = /^(password|secret)$/;
/** What else a token and a proxy say. */
const OPEN = new Set(['name', 'scope', 'secret_file', 'url', 'user', 'password_file', 'resolve']);
/** What says where a secret is, and no more. */
const HARMLESS = /^(['"]?)(\$\{\w+\}|null|~|)\1$/;
/** Of text that is not YAML the structure is a guess: all behind such a key goes. */
const BROKEN_LINE = /(?<=\b(?:password|secret)["']?\s*:\s*)(?!["']?\$\{\w+\}|null\b)\S.*$/gm;
const COLON = /^\s*:\s*/;
const CREDENTIALS = /(?<=:\/\/)[^/\s@]+(?=@)|[^\s/'"@]+:[^\s/'"@]*(?=@)/g;

/** Whether the value of a key is a secret. */
export function isSecretKey(key: string): boolean {
  return SECRET.test(key);
}

/** Whether the value of a key is a secret, or says which file holds it. */
export function leadsToSecret(key: PropertyKey | undefined): boolean {
  return isSecretKey(String(key).replace(/_file$/, ''));
}

/** Whether what stands at a path is, or may be meant as, a secret. */
export function isSecretPath(path: readonly PropertyKey[]): boolean {
  return path.some((part) => isSecretKey(String(part))) || [path.at(-1), path.at(-2)].includes('tokens');
}

export function hideSecrets(text: string, document: Document.Parsed): HiddenText {
  const spans: Span[] = [];
  let hidesAlias = false;
  // A tag or an anchor before a value may be a part of it.
  const hide = (node: unknown, before?: unknown): void => {
    if (!isNode(node) || !node.range) return;
    const keyEnd = isNode(before) ? before.range?.[1] : undefined;
    const from =
      keyEnd === undefined ? node.range[0] : keyEnd + (COLON.exec(text.slice(keyEnd))?.[0].length ?? 0);
    const span: Span = [from, node.range[1]];
    if (HARMLESS.test(text.slice(...span))) return;
    spans.push(span);
    if (!isAlias(node)) return;
    hidesAlias = true;
    hide(node.resolve(document));
  };
  visit(document, {
    Pair(_, pair) {
      for (const one of secretsOf(pair)) {
        if (isPair(one)) hide(one.value, one.key);
        else hide(one);
      }
    },
  });
  let hidden = text;
  for (const [from, to] of spans)
    hidden = hidden.slice(0, from) + stars(text.slice(from, to)) + hidden.slice(to);
  if (document.errors.length > 0) hidden = hidden.replace(BROKEN_LINE, stars);
  return {
    text: hidden.replace(CREDENTIALS, stars),
    isHidden: (offset) => spans.some(([from, to]) => from <= offset && offset < to),
    hidesAlias,
  };
}

/** Pairs whose values are secrets, and members of a list of them, at or below a pair. */
function secretsOf(pair: Pair): unknown[] {
  const { key, value } = pair;
  if (!isScalar(key)) return [];
  if (isSecretKey(String(key.value))) return [pair];
  if (key.value === 'proxy' && isMap(value)) return unknownOf(value);
  if (key.value !== 'tokens') return [];
  if (!isSeq(value)) return isMap(value) ? [] : [value];
  return value.items.flatMap((one) => (isMap(one) ? unknownOf(one) : [one]));
}

function unknownOf(map: YAMLMap): Pair[] {
  return map.items.filter(({ key }) => !isScalar(key) || !OPEN.has(String(key.value)));
}

function stars(text: string): string {
  return text.replace(/[^\r\n\t]/g, '*');
}
