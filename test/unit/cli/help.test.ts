import { expect, it } from 'vitest';
import { runCommand } from '../../support/run-command.js';

it('shows the help of a command by either way of asking', async () => {
  const asked = await runCommand('help', 'similar');
  expect(asked.code).toBe(0);
  expect(asked.out).toContain('find lookalikes');
  expect((await runCommand('similar', '--help')).out).toBe(asked.out);
});

it.each([['similr'], ['help', 'similr']])(
  'names a command that there is not, and the one that is near: %s',
  async (...line) => {
    const { code, out, err } = await runCommand(...line);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain('there is no command similr; did you mean similar?');
    expect(err).toContain('fashiond --help lists the commands');
  },
);
