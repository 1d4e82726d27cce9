/** A forked process that answers every message with one message. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Served<Command, Answer> {
  ask(command: Command): Promise<Answer>;
  close(): Promise<void>;
}

/** `script`: a compiled module beside this one. It ends when this process disconnects. */
export function startProcess<Command extends { kind: string }, Answer>(
  script: string,
): Served<Command, Answer> {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)));
  const ended = once(child, 'exit');
  process.once('exit', () => child.kill());
  return {
    ask: async (command) => {
      child.send(command);
      const answer = await Promise.race([
        once(child, 'message'),
        ended.then(([code]) => {
          throw new Error(`${script} ended (${String(code)}) before it answered ${command.kind}`);
        }),
      ]);
      return (answer as [Answer])[0];
    },
    close: async () => {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
