/** What is wrong in a config file, and where: every problem of a load is collected and thrown as one error. */
import { FashiondError } from '../domain/errors.js';

export interface ConfigProblem {
  readonly file: string;
  /** From 1; null where the file itself is the problem. */
  readonly line: number | null;
  /** From 1, in UTF-16 code units. */
  readonly column: number | null;
  /** Such as `fetch.timeout` or `shops[0]`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  /** What to type instead. */
  readonly hint: string | null;
  /** The source line the problem stands on. */
  readonly excerpt: string | null;
  /** A secret that is not to be had here: a fault only for who needs it. */
  readonly isMissingSecret?: true;
}

/** Whether the config cannot be used, whoever reads it. */
export function isFault({ isMissingSecret }: ConfigProblem): boolean {
  return isMissingSecret !== true;
}

/** `file:line:column: key.path: message`, the line with a caret below it, and the hint. */
function formatProblem(problem: ConfigProblem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== null).join(':');
  const lines = [[place, problem.path, problem.message].filter((part) => part !== '').join(': ')];
  if (problem.excerpt !== null && problem.line !== null && problem.column !== null) {
    const number = String(problem.line).padStart(5);
    // Tabs are repeated, so that the caret stands below its character whatever the tab width.
    const indent = problem.excerpt.slice(0, problem.column - 1).replace(/[^\t]/g, ' ');
    lines.push(`${number} | ${problem.excerpt}`, `${' '.repeat(number.length)} | ${indent}^`);
  }
  if (problem.hint !== null) lines.push(`      hint: ${problem.hint}`);
  return lines.join('\n');
}

/** Thrown for a config that cannot be used; carries every problem that was found. */
export class ConfigError extends FashiondError {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super('config', problems.map(formatProblem).join('\n'), {
      hint: 'correct the config and try again; config/default.yaml documents every key',
    });
    this.name = 'ConfigError';
    this.problems = problems;
  }
}
