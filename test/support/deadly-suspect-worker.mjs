/** The real process for suspects, in which deadly pictures do their deed. */
import { meet, note } from './deadly-picture.mjs';

note(`child ${process.pid}`);
process.on('message', ({ path }) => meet(path, 'child'));
await import('../../dist/suspect-worker.js');
