/**
 * One YAML file: its plain value, with environment references filled in, and the place of every key and
 * value in the text, so that later checks can point at what they complain about.
 */
import {
  LineCounter,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  parse,
  parseDocument,
  visit,
} from 'yaml';
import type { Document, Scalar } from 'yaml';
import { messageOf } from '../domain/errors.js';
import { substitute } from './environment.js';
import type { Environment } from './environment.js';
import { hideSecrets, leadsToSecret } from './hidden-text.js';
import { UNAVAILABLE } from './missing-secrets.js';
import type { ConfigProblem } from './problems.js';

type KeyPath = readonly PropertyKey[];

export interface YamlSource {
  readonly file: string;
  /** Maps become plain objects; undefined when the text could not be read as YAML. */
  readonly value: unknown;
  /** Found while reading: bad syntax, double keys, unset environment variables. */
  readonly problems: readonly ConfigProblem[];
  /** A problem at the value (or, with `at: 'key'`, the key) of a path; a missing one stands at its parent. */
  problem(path: KeyPath, message: string, options?: ProblemOptions): ConfigProblem;
}

interface ProblemOptions {
  readonly hint?: string | null;
  readonly at?: 'key' | 'value';
}

/** Of a secret no more is said. */
const UNREADABLE = 'a secret that cannot be read; put it in quotes';

/** `['scope', 'include', 0]` -> `scope.include[0]`. */
function formatPath(path: KeyPath): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`,
    )
    .join('');
}

export function parseYaml(file: string, text: string, environment: Environment): YamlSource {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const hidden = hideSecrets(text, document);
  const lines = hidden.text.split(/\r?\n/);
  const at = (offset: number): Pick<ConfigProblem, 'file' | 'line' | 'column' | 'excerpt'> => {
    const { line, col } = lineCounter.linePos(Math.min(offset, text.length));
    return { file, line, column: col, excerpt: lines[line - 1] ?? null };
  };
  const found: ConfigProblem[] = [...document.errors, ...document.warnings].map((error) => ({
    ...at(error.pos[0]),
    path: '',
    message: `not valid YAML: ${hidden.isHidden(error.pos[0]) ? UNREADABLE : error.message}`,
    hint: null,
  }));
  const broken = document.errors.length > 0;
  if (!broken) found.push(...fillIn(document, environment, at));
  let value: unknown;
  try {
    if (!broken) value = document.toJS();
  } catch (error) {
    // Too many aliases, or an alias of nothing: the document cannot become a plain value.
    const message = `not valid YAML: ${hidden.hidesAlias ? UNREADABLE : messageOf(error)}`;
    found.push({ ...at(0), path: '', message, hint: null });
  }
  return {
    file,
    value,
    problems: found,
    problem: (path, message, options = {}) => ({
      ...at(offsetOf(document, path, options.at ?? 'value')),
      path: formatPath(path),
      message,
      hint: options.hint ?? null,
    }),
  };
}

function fillIn(
  document: Document.Parsed,
  environment: Environment,
  at: (offset: number) => Pick<ConfigProblem, 'file' | 'line' | 'column' | 'excerpt'>,
): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  visit(document, {
    Scalar(key, node, ancestors) {
      if (key === 'key' || typeof node.value !== 'string') return;
      const result = substitute(node.value, environment);
      if (result.kind === 'text') {
        if (result.changed) node.value = retype(node, result.text);
        return;
      }
      const path = pathTo([...ancestors, node]);
      const isMissingSecret = result.kind === 'unset' && leadsToSecret(path.at(-1));
      if (isMissingSecret) node.value = UNAVAILABLE;
      problems.push({
        ...at(node.range?.[0] ?? 0),
        path: formatPath(path),
        message: result.message,
        hint: result.hint,
        ...(isMissingSecret ? { isMissingSecret } : {}),
      });
    },
  });
  return problems;
}

/** From a document's nodes, outermost first, to the keys and indices that lead to the last of them. */
function pathTo(nodes: readonly unknown[]): KeyPath {
  return nodes.flatMap((node, depth): readonly PropertyKey[] => {
    if (isPair(node) && isScalar(node.key)) return [String(node.key.value)];
    const index = isSeq(node) ? node.items.indexOf(nodes[depth + 1]) : -1;
    return index < 0 ? [] : [index];
  });
}

/** An unquoted value is read again after filling in, so that `${FASHIOND_WORKERS:-4}` is a number. */
function retype(node: Scalar, text: string): unknown {
  if (node.type !== 'PLAIN') return text;
  if (!/^(true|false|null|[-+.\d][-+.\deE]*)$/.test(text)) return text;
  const value: unknown = parse(text);
  return typeof value === 'number' || typeof value === 'boolean' || value === null ? value : text;
}

function offsetOf(document: Document.Parsed, path: KeyPath, at: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, part] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    let next: unknown;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
      const last = depth === path.length - 1;
      // A section starts with its first key and an absent value with nothing: their own key is shown.
      const useKey = !last || at === 'key' || isCollection(pair?.value) || isEmpty(pair?.value);
      offset = (useKey ? startOf(pair?.key) : (startOf(pair?.value) ?? startOf(pair?.key))) ?? offset;
      next = pair?.value;
    } else if (isSeq(node)) {
      next = node.items[Number(part)];
      offset = startOf(next) ?? offset;
    }
    node = next;
  }
  return offset;
}

function isEmpty(node: unknown): boolean {
  return isScalar(node) && node.value === null;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
