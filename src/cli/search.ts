/** `fashiond search`: how good the search for lookalikes is, and its weights. */
import type { RegisterCommand } from './context.js';
import { registerSearchCompress } from './search-compress.js';
import { registerSearchEvaluate } from './search-evaluate.js';
import { registerSearchMetric } from './search-metric.js';
import { registerSearchTune } from './search-tune.js';

export const registerSearch: RegisterCommand = (program, context) => {
  const search = program.command('search').description('measure and tune the search for lookalikes');
  registerSearchEvaluate(search, context);
  registerSearchTune(search, context);
  registerSearchCompress(search, context);
  registerSearchMetric(search, context);
};
