/** argv -> command -> exit code. */
import './platform/no-telemetry.js';
import { runCli } from './cli/run-cli.js';

/** What a shell reports of a process that SIGPIPE ended, which is how other tools answer a reader that left. */
const READER_LEFT = 141;

// `fashiond similar 7 | head -3` is no fault: nobody reads the rest, so there is nothing left to say.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(READER_LEFT);
  throw error;
});

process.exitCode = await runCli(process.argv);
