/** Config files from disk: each is read once, and a file that cannot be read is a problem like any other. */
import { readFile, readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { messageOf } from '../domain/errors.js';
import type { Environment } from './environment.js';
import type { ConfigProblem } from './problems.js';
import { parseYaml } from './yaml-source.js';
import type { YamlSource } from './yaml-source.js';

type ReadResult =
  | { readonly ok: true; readonly source: YamlSource }
  | { readonly ok: false; readonly problem: ConfigProblem };

export async function readSource(path: string, environment: Environment): Promise<ReadResult> {
  try {
    const bytes = await readFile(path);
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { ok: true, source: parseYaml(path, text, environment) };
  } catch (error) {
    return { ok: false, problem: fileProblem(path, error) };
  }
}

/**
 * The files an entry of `shops` names, sorted: one path, or those of a folder that match a last segment such
 * as `*.yaml`. Hidden files are left out.
 */
export async function expandEntry(
  entry: string,
  folder: string,
): Promise<{ readonly files: readonly string[] } | { readonly fault: string; readonly hint: string }> {
  const path = resolve(folder, entry);
  const pattern = basename(path);
  if (dirname(path).includes('*') || /[?[\]{}]/.test(pattern) || pattern.split('*').length > 2) {
    return {
      fault: `cannot read the pattern ${entry}`,
      hint: 'one * in the last segment, such as shops/*.yaml',
    };
  }
  const star = pattern.indexOf('*');
  if (star < 0) return { files: [path] };
  const [before, after] = [pattern.slice(0, star), pattern.slice(star + 1)];
  try {
    const names = await readdir(dirname(path));
    const files = names.filter(
      (name) =>
        !name.startsWith('.') &&
        name.length >= before.length + after.length &&
        name.startsWith(before) &&
        name.endsWith(after),
    );
    return { files: files.sort().map((name) => join(dirname(path), name)) };
  } catch (error) {
    return { fault: fileProblem(dirname(path), error).message, hint: `create the folder ${dirname(path)}` };
  }
}

function fileProblem(path: string, error: unknown): ConfigProblem {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const known: Readonly<Record<string, readonly [string, string | null]>> = {
    ENOENT: ['no such file', 'check the path; config/default.yaml is a file to start from'],
    EACCES: ['no permission to read it', 'make it readable for the user that runs fashiond'],
    EISDIR: ['this is a folder, not a file', null],
    ENOTDIR: ['no such file: a part of the path is not a folder', null],
    ERR_ENCODING_INVALID_ENCODED_DATA: ['not UTF-8 text', 'save the file as UTF-8'],
  };
  const [message, hint] = known[String(code)] ?? [messageOf(error), null];
  return { file: path, line: null, column: null, path: '', message, hint, excerpt: null };
}
