/**
 * `${FASHIOND_X}` and `${FASHIOND_X:-default}` in config values; `$${` stands for a literal `${`.
 *
 * Only names that begin with FASHIOND_ are read, so that a config file cannot print what else the environment holds;
 * and CREDENTIALS_DIRECTORY, where systemd puts the files that LoadCredential names.
 */

export type Environment = Readonly<Record<string, string | undefined>>;

type Substitution =
  | { readonly kind: 'text'; readonly text: string; readonly changed: boolean }
  | { readonly kind: 'problem' | 'unset'; readonly message: string; readonly hint: string };

const REFERENCE = /\$\$\{|\$\{([^}]*)\}/g;
const NAME = /^(FASHIOND_[A-Z0-9_]+|CREDENTIALS_DIRECTORY)(?::-(.*))?$/s;

/** As in a shell, `:-` takes the default when the variable is unset or empty. */
export function substitute(text: string, environment: Environment): Substitution {
  if (!text.includes('${')) return { kind: 'text', text, changed: false };
  let problem: Substitution | null = null;
  const replaced = text.replace(REFERENCE, (match: string, inner: string | undefined) => {
    if (inner === undefined) return '${';
    const [, name, fallback] = NAME.exec(inner) ?? [];
    if (name === undefined) {
      problem ??= {
        kind: 'problem',
        message: `cannot read ${match}`,
        hint: 'write ${FASHIOND_NAME} or ${FASHIOND_NAME:-default}; for a literal ${ write $${',
      };
      return match;
    }
    const value = environment[name];
    if (value !== undefined && (value !== '' || fallback === undefined)) return value;
    if (fallback !== undefined) return fallback;
    problem ??= {
      kind: 'unset',
      message: `the environment variable ${name} is not set`,
      hint: `set it, name a file that does with --environment-file, or give a default: \${${name}:-default}`,
    };
    return match;
  });
  return problem ?? { kind: 'text', text: replaced, changed: true };
}
