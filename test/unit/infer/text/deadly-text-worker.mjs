// Stands for a thread of the text classifier that dies of some texts: out of memory, at once, or whatever it gets; or that
// never comes to an end.
import { existsSync, writeFileSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

const { marker } = workerData;

export function classify(texts) {
  if (existsSync(`${marker}.broken`)) process.exit(1);
  return texts.map(({ title }) => {
    if (title === 'kills') process.exit(1);
    if (title === 'kills once' && !existsSync(marker)) {
      writeFileSync(marker, '');
      process.exit(1);
    }
    if (title === 'endless') for (;;);
    if (title === 'out of memory') {
      const kept = [];
      for (;;) kept.push(Array.from({ length: 1_000_000 }, () => title));
    }
    return {
      kind: 'read',
      prediction: { candidates: [], words: [{ word: title, field: 'title', weight: 1 }], model: 'm' },
    };
  });
}
