import { expect, it } from 'vitest';
import { createLog } from '../../../src/platform/log.js';

/** What a log writes that something is told to. */
function written(tell: (log: ReturnType<typeof createLog>) => void, isJournal = false): string[] {
  const lines: string[] = [];
  const destination = {
    isTTY: false,
    write: (line: string): boolean => {
      lines.push(line);
      return true;
    },
  };
  tell(createLog({ level: 'debug', format: 'json', destination, isJournal }));
  return lines;
}

it('shows of addresses neither credentials nor the values of query strings, wherever they stand', () => {
  const [line = ''] = written((log) =>
    log.child({ feed: 'https://shop.example/f?key=s3cret' }).warn('feed.visited', {
      url: 'https://ann:s3cret@shop.example/feed.xml?token=s3cret&lang=de#top',
      detail: 'the feed (https://shop.example/a?s3cret) redirects to https://cdn.example/x?sig=s3cret=&b=',
      problems: ['https://shop.example/?a=s3cret'],
      counts: { read: 3 },
      plain: 'what is 1 + 1?',
    }),
  );
  expect(line).not.toContain('s3cret');
  expect(JSON.parse(line)).toMatchObject({
    event: 'feed.visited',
    feed: 'https://shop.example/f?key=***',
    url: 'https://***@shop.example/feed.xml?token=***&lang=***#top',
    detail: 'the feed (https://shop.example/a?*** redirects to https://cdn.example/x?sig=***&b=***',
    problems: ['https://shop.example/?a=***'],
    counts: { read: 3 },
    plain: 'what is 1 + 1?',
  });
});

it('tells journald the priority of each line, and nobody else', () => {
  const tell = (log: ReturnType<typeof createLog>): void => {
    log.debug('daemon.heartbeat');
    log.info('daemon.started');
    log.warn('disk.low');
    log.child({ shop: 'moda' }).error('run.failed', { run: 1 });
  };
  const lines = written(tell, true);
  expect(lines.map((line) => line.slice(0, 4))).toEqual(['<7>{', '<6>{', '<4>{', '<3>{']);
  expect(JSON.parse(lines[3]!.slice(3))).toMatchObject({
    level: 50,
    event: 'run.failed',
    shop: 'moda',
    run: 1,
  });
  expect(written(tell).every((line) => line.startsWith('{'))).toBe(true);
});
