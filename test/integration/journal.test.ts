/** What systemd's journal gets: it connects standard output to itself and says so in the environment. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loopbackShop, root, writeWorkplace } from '../support/cli.js';
import { writeTinyModel } from '../support/tiny-model.js';

it(
  'gets the priority of each line where the stream is its, and none where the variable was inherited',
  {
    timeout: 60_000,
  },
  async () => {
    // Nobody answers there, so that there are errors as well.
    const place = writeWorkplace([loopbackShop('closed', 'http://127.0.0.1:1')], {
      model: { path: await writeTinyModel() },
    });
    const linesWith = (stream: string): string[] => {
      const out = join(place.folder, 'out');
      const crawl = `: >"$3"; JOURNAL_STREAM=${stream} exec "$0" "$1" crawl --once --config "$2" >"$3"`;
      spawnSync('sh', ['-c', crawl, process.execPath, join(root, 'bin/fashiond'), place.config, out]);
      return readFileSync(out, 'utf8')
        .split('\n')
        .filter((line) => line.includes('"event"'));
    };
    const mine = linesWith('$(stat --format=%d:%i "$3")');
    expect(mine.filter((line) => !/^<[3467]>\{/.test(line))).toEqual([]);
    expect(mine.find((line) => line.includes('run.failed'))).toMatch(/^<3>\{/);
    expect(linesWith('1:2')).toContainEqual(expect.stringMatching(/^\{.*run\.failed/));
  },
);
