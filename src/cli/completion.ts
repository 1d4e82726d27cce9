/**
 * `fashiond completion SHELL`: a script that completes commands, options and choices, made from the program itself. It is
 * run with every command registered.
 */
import { Argument } from 'commander';
import type { Command } from 'commander';
import { completionScript, SHELLS } from './completion-script.js';
import type { CommandWords, Shell } from './completion-script.js';
import type { RegisterCommand } from './context.js';

export const registerCompletion: RegisterCommand = (program, context) => {
  program
    .command('completion')
    .description('print a script for the shell that completes commands and options')
    .addArgument(new Argument('<shell>').choices([...SHELLS]))
    .action((shell: Shell) => {
      context.print(completionScript(shell, wordsOf(program, [])));
    });
};

/** The program first, then each command below it. */
function wordsOf(command: Command, path: readonly string[]): CommandWords[] {
  const below = command.commands.flatMap((child) => wordsOf(child, [...path, child.name()]));
  const commands = command.commands.map((child) => ({ name: child.name(), about: child.description() }));
  // With --help, which is none of the options that the command was given.
  const options = command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long, description, required, argChoices }) =>
      long === undefined || long === null
        ? []
        : [{ name: long, about: description, takesValue: required, choices: argChoices ?? [] }],
    );
  const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  return [{ path, commands, options, choices }, ...below];
}
