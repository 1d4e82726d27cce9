/** Completion scripts for shells. What takes a file or a free value is left to the shell, which completes files. */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

interface Word {
  readonly name: string;
  readonly about: string;
}

/** What may follow a command. */
export interface CommandWords {
  /** Empty for the program itself; `['db', 'backup']`. */
  readonly path: readonly string[];
  readonly commands: readonly Word[];
  readonly options: readonly Word[];
  /** Of its arguments. */
  readonly choices: readonly string[];
}

export function completionScript(shell: Shell, program: readonly CommandWords[]): string {
  switch (shell) {
    case 'bash':
      return bash(program);
    case 'zsh':
      // zsh runs bash's completions, with one function more.
      return `#compdef fashiond\nautoload -U +X bashcompinit && bashcompinit\n${bash(program)}`;
    default:
      return fish(program);
  }
}

function bash(program: readonly CommandWords[]): string {
  const known = program.filter(({ path }) => path.length > 0).map(({ path }) => quoted(path.join(' ')));
  const cases = program.map(({ path, commands, options, choices }) => {
    const words = [...commands.map(({ name }) => name), ...choices, ...options.map(({ name }) => name)];
    return `    ${quoted(path.join(' '))}) words=${quoted(words.join(' '))} ;;`;
  });
  return `# fashiond completion bash > ~/.local/share/bash-completion/completions/fashiond
_fashiond() {
  local cur=\${COMP_WORDS[COMP_CWORD]} path='' next word words=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    next="\${path:+$path }$word"
    case "$next" in
    ${known.join('|')}) path=$next ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _fashiond fashiond`;
}

function fish(program: readonly CommandWords[]): string {
  const lines = program.flatMap(({ path, commands, options, choices }) => {
    const when = `-n ${quoted(condition(path, commands))}`;
    return [
      ...commands.map(({ name, about }) => `complete -c fashiond ${when} -f -a ${name} -d ${quoted(about)}`),
      ...choices.map((choice) => `complete -c fashiond ${when} -f -a ${quoted(choice)}`),
      ...options.map(
        ({ name, about }) => `complete -c fashiond ${when} -l ${name.slice(2)} -d ${quoted(about)}`,
      ),
    ];
  });
  return ['# fashiond completion fish > ~/.config/fish/completions/fashiond.fish', ...lines].join('\n');
}

/** Each command of the path has been typed, and none that may follow it. */
function condition(path: readonly string[], commands: readonly Word[]): string {
  const typed = path.map((name) => `__fish_seen_subcommand_from ${name}`);
  const further = commands.map(({ name }) => name).join(' ');
  const all = [...typed, ...(further === '' ? [] : [`not __fish_seen_subcommand_from ${further}`])];
  return all.length === 0 ? 'true' : all.join('; and ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
