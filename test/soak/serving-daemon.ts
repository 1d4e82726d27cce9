/** The daemon with an API at a port of its own choice, once it listens there. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startDaemon } from './daemon.js';
import type { SoakDaemon } from './daemon.js';
import { watchLog } from './endurance/log-watch.js';

/** The config has its log as JSON, down to info. Rejects when the daemon ends before. */
export async function startServing(
  config: string,
): Promise<{ readonly daemon: SoakDaemon; readonly url: string }> {
  const seen = { url: '' };
  const log = watchLog(
    () => true,
    (event, fields) => {
      if (event === 'api.listening') seen.url = String(fields['url']);
    },
  );
  const daemon = startDaemon(config, (text) => log.take(text));
  while (seen.url === '') {
    daemon.mustRun();
    await sleep(100);
  }
  return { daemon, url: seen.url };
}
