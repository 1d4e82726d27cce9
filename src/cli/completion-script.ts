/** Completion scripts for shells. What takes a file or a free value is left to the shell, which completes files. */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

interface Word {
  readonly name: string;
  readonly about: string;
}

interface OptionWord extends Word {
  readonly takesValue: boolean;
  /** Its values; empty for a file or a free one. */
  readonly choices: readonly string[];
}

/** What may follow a command. */
export interface CommandWords {
  /** Empty for the program itself; `['db', 'backup']`. */
  readonly path: readonly string[];
  readonly commands: readonly Word[];
  readonly options: readonly OptionWord[];
  /** Of its arguments. */
  readonly choices: readonly string[];
}

export function completionScript(shell: Shell, program: readonly CommandWords[]): string {
  switch (shell) {
    case 'bash':
      return bash(program);
    case 'zsh':
      // zsh runs bash's completions, with one function more. The first time this file is what completes.
      return `#compdef fashiond
autoload -U +X bashcompinit && bashcompinit
${bash(program)}
if [[ \${funcstack[1]:-} = _fashiond ]]; then _bash_complete -o default -F _fashiond fashiond; fi`;
    default:
      return fish(program);
  }
}

/** Paths of the commands below the program. */
function pathsOf(program: readonly CommandWords[]): string[] {
  return program.filter(({ path }) => path.length > 0).map(({ path }) => quoted(path.join(' ')));
}

/** `db export|--format` for each option with a value, whose next word is none of a command. */
function valuedOf(program: readonly CommandWords[]): { readonly key: string; readonly choices: string }[] {
  return program.flatMap(({ path, options }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .map(({ name, choices }) => ({ key: quoted(`${path.join(' ')}|${name}`), choices: choices.join(' ') })),
  );
}

function bash(program: readonly CommandWords[]): string {
  const cases = program.map(({ path, commands, options, choices }) => {
    const words = [...commands.map(({ name }) => name), ...choices, ...options.map(({ name }) => name)];
    return `    ${quoted(path.join(' '))}) words=${quoted(words.join(' '))} ;;`;
  });
  const valued = valuedOf(program);
  const values = valued
    .filter(({ choices }) => choices !== '')
    .map(({ key, choices }) => `    ${key}) words=${quoted(choices)} ;;`);
  return `# fashiond completion bash > ~/.local/share/bash-completion/completions/fashiond
_fashiond() {
  local cur=\${COMP_WORDS[COMP_CWORD]} path='' option='' next word words=''
  for word in "\${COMP_WORDS[@]:1:$((COMP_CWORD - 1))}"; do
    # bash takes --name=value for three words.
    if [[ $word = = ]]; then continue; fi
    # The value of the option before is no command.
    if [[ -n $option ]]; then option='' && continue; fi
    case "$path|$word" in
    ${valued.map(({ key }) => key).join('|')}) option="$path|$word" && continue ;;
    esac
    next="\${path:+$path }$word"
    case "$next" in
    ${pathsOf(program).join('|')}) path=$next ;;
    esac
  done
  if [[ $cur = = ]]; then cur=''; fi
  case "$option" in
${values.join('\n')}
  '') case "$path" in
${cases.join('\n')}
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _fashiond fashiond`;
}

function fish(program: readonly CommandWords[]): string {
  const lines = program.flatMap(({ path, commands, options, choices }) => {
    const at = `complete -c fashiond -n ${quoted(`__fashiond_at "${path.join(' ')}"`)}`;
    return [
      ...commands.map(({ name, about }) => `${at} -f -a ${name} -d ${quoted(about)}`),
      ...choices.map((choice) => `${at} -f -a ${quoted(choice)}`),
      ...options.map(
        (option) => `${at} -l ${option.name.slice(2)}${valueInFish(option)} -d ${quoted(option.about)}`,
      ),
    ];
  });
  return `# fashiond completion fish > ~/.config/fish/completions/fashiond.fish
# The command that was typed, word by word: the value of an option is none.
function __fashiond_at
    set -l path ''
    set -l option ''
    for word in (commandline -opc)[2..-1]
        if test -n "$option"
            set option ''
        else if contains -- "$path|$word" ${valuedOf(program)
          .map(({ key }) => key)
          .join(' ')}
            set option $word
        else
            set -l next (string trim -- "$path $word")
            if contains -- "$next" ${pathsOf(program).join(' ')}
                set path $next
            end
        end
    end
    test "$path" = "$argv[1]"
end
${lines.join('\n')}`;
}

function valueInFish({ takesValue, choices }: OptionWord): string {
  if (!takesValue) return '';
  return choices.length === 0 ? ' -r' : ` -x -a ${quoted(choices.join(' '))}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
