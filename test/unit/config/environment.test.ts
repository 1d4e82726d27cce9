import { describe, expect, it } from 'vitest';
import { substitute } from '../../../src/config/environment.js';

const environment = { FASHIOND_A: 'one', FASHIOND_EMPTY: '', HOME: '/home/someone' };

describe('substitute', () => {
  it.each([
    ['plain', 'plain'],
    ['${FASHIOND_A}', 'one'],
    ['x ${FASHIOND_A} y ${FASHIOND_B:-two}', 'x one y two'],
    ['${FASHIOND_EMPTY}', ''],
    ['${FASHIOND_EMPTY:-default}', 'default'],
    ['${FASHIOND_B:-}', ''],
    ['${FASHIOND_B:-a:-b}', 'a:-b'],
    ['$${FASHIOND_A}', '${FASHIOND_A}'],
    ['^/p$', '^/p$'],
  ])('%s -> %s', (text, expected) => {
    expect(substitute(text, environment)).toMatchObject({ kind: 'text', text: expected });
  });

  it.each(['${HOME}', '${}', '${fashiond_a}', '${FASHIOND_A-x}'])('refuses %s', (text) => {
    const result = substitute(text, environment);
    expect(result).toMatchObject({ kind: 'problem', message: `cannot read ${text}` });
    expect(JSON.stringify(result)).not.toContain('/home/someone');
  });

  it('names the variable that is not set', () => {
    expect(substitute('${FASHIOND_B}', environment)).toMatchObject({
      kind: 'unset',
      message: 'the environment variable FASHIOND_B is not set',
    });
  });
});
