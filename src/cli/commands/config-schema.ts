/** `fashiond config schema`: the JSON Schema of a config file, for editors. */
import { CONFIG_FILE_KINDS } from '../../config/file-kinds.js';
import type { ConfigFileKind } from '../../config/file-kinds.js';
import { FashiondError } from '../../domain/errors.js';
import type { RegisterCommand } from '../context.js';

export const registerConfigSchema: RegisterCommand = (program, context) => {
  program
    .command('config')
    .description('about config files')
    .command('schema')
    .description('print the JSON Schema (draft-07) of a config file')
    .argument('[kind]', `which file: ${CONFIG_FILE_KINDS.join(', ')}`, 'config')
    .action(async (kind: string) => {
      if (!isKind(kind)) {
        throw new FashiondError('usage', `there is no ${kind} file`, {
          hint: `expected one of ${CONFIG_FILE_KINDS.join(', ')}`,
        });
      }
      const { jsonSchemaOf } = await import('../../config/json-schema.js');
      context.print(JSON.stringify(jsonSchemaOf(kind), null, 2));
    });
};

function isKind(text: string): text is ConfigFileKind {
  return CONFIG_FILE_KINDS.some((kind) => kind === text);
}
