/**
 * The environment of the service, for who types a command: the file that systemd's EnvironmentFile= reads. Node.js reads it
 * in the format of .env files, which differs for values with # or a backslash: these have to stand in quotes.
 */
import { loadEnvFile } from 'node:process';
import { FashiondError, messageOf } from '../domain/errors.js';

/** Adds what the file sets to the environment of this process; what is set already stays. Throws FashiondError `usage`. */
export function readEnvironmentFile(path: string): void {
  try {
    loadEnvFile(path);
  } catch (error) {
    throw new FashiondError('usage', `cannot read ${path}: ${messageOf(error)}`, {
      hint: 'Name a file of lines such as FASHIOND_TOKEN=secret that this user may read.',
      cause: error,
    });
  }
}
