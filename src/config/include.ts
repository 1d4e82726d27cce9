/**
 * Files that a config includes: what they say holds where the config itself says nothing, section by section; of two
 * files the later one counts. A list is taken or left as a whole.
 */
import { dirname } from 'node:path';
import type { Environment } from './environment.js';
import { withPathsFrom } from './file-path.js';
import { isFault } from './problems.js';
import type { ConfigProblem } from './problems.js';
import { expandEntry, readSource } from './read-source.js';
import { configSchema } from './schema.js';
import { validate } from './validate.js';
import type { YamlSource } from './yaml-source.js';

type Section = Readonly<Record<string, unknown>>;

/** The source with what its files say filled in. What is wrong with them is added to the problems, at its own place. */
export async function withIncludes(
  source: YamlSource,
  environment: Environment,
  problems: ConfigProblem[],
): Promise<YamlSource> {
  const entries = isSection(source.value) ? source.value['include'] : undefined;
  if (!Array.isArray(entries)) return source;
  let base: Section = {};
  for (const [index, entry] of entries.entries()) {
    if (typeof entry !== 'string') continue;
    const expanded = await expandEntry(entry, dirname(source.file));
    if ('fault' in expanded) {
      problems.push(source.problem(['include', index], expanded.fault, { hint: expanded.hint }));
      continue;
    }
    for (const file of expanded.files) {
      const read = await readSource(file, environment);
      if (!read.ok) {
        problems.push(source.problem(['include', index], `${file}: ${read.problem.message}`, read.problem));
        continue;
      }
      const found = problemsOf(read.source);
      problems.push(...found);
      // What is wrong has been said; it must not be said again of the config.
      if (found.some(isFault) || !isSection(read.source.value)) continue;
      base = merged(base, withPathsFrom(configSchema, read.source.value, dirname(file)));
    }
  }
  return { ...source, value: merged(base, source.value as Section) };
}

function problemsOf(source: YamlSource): ConfigProblem[] {
  if (source.value === null) return [...source.problems];
  const result = validate(source, configSchema);
  const wrong = result.ok ? [] : result.problems;
  if (!isSection(source.value) || !('include' in source.value)) return [...source.problems, ...wrong];
  const hint = 'name the file in the config itself';
  const nested = source.problem(['include'], 'an included file includes no others', { hint, at: 'key' });
  return [...source.problems, ...wrong, nested];
}

/** Sections are merged key by key; of anything else the upper one counts. */
function merged(lower: Section, upper: Section): Section {
  const both = Object.entries(upper).map(([key, value]): readonly [string, unknown] => {
    const below = lower[key];
    return [key, isSection(value) && isSection(below) ? merged(below, value) : value];
  });
  return { ...lower, ...Object.fromEntries(both) };
}

function isSection(value: unknown): value is Section {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
