/** A counter of pictures on a terminal; nothing where nobody watches. */
import type { CliContext } from './context.js';

export interface PictureProgress {
  readonly show: (done: number, of: number) => void;
  readonly clear: () => void;
}

export function progressOf({ interactive }: Pick<CliContext, 'interactive'>): PictureProgress {
  const write = (text: string): void => {
    if (interactive) process.stderr.write(`\r${text}\u001b[K`);
  };
  return { show: (done, of) => write(`${done} of ${of} pictures`), clear: () => write('') };
}
