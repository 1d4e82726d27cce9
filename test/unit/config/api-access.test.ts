import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashSecret, parseListen } from '../../../src/config/api-access.js';
import { loadConfig } from '../../../src/config/load.js';
import { ConfigError } from '../../../src/config/problems.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const folder = temporaryFolder();
const SECRET = 'correct horse battery staple';

async function load(yaml: string, environment: Record<string, string> = {}) {
  const path = join(folder, 'fashiond.yaml');
  writeFileSync(path, yaml);
  return loadConfig(path, environment);
}

async function problems(yaml: string): Promise<string[]> {
  try {
    await load(yaml);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ line, path, message }) => `${line} ${path}: ${message}`);
  }
}

it('the loaded config holds the hashes of secrets, and none of the secrets', async () => {
  writeFileSync(join(folder, 'token'), `${SECRET}, the other\n`);
  const loaded = await load(
    'api: { tokens: [{ name: front, secret: "${FASHIOND_FRONT}" }, { name: back, secret_file: token }] }\n',
    { FASHIOND_FRONT: SECRET },
  );
  expect(loaded).toMatchObject({ tokens: [{ name: 'front', hash: hashSecret(SECRET) }, { name: 'back' }] });
  expect(JSON.stringify(loaded)).not.toContain(SECRET);
});

describe('api.listen', () => {
  it.each([
    ['127.0.0.1:8420', { host: '127.0.0.1', port: 8420 }],
    ['8420', { host: '127.0.0.1', port: 8420 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
    ['[::1]:80', { host: '::1', port: 80 }],
    ['fashion.example:80', null],
    ['127.0.0.1', null],
    ['127.0.0.1:65536', null],
    ['::1:80', null],
  ])('%s', (text, address) => expect(parseListen(text)).toEqual(address));

  it('is off unless asked for', async () => {
    const { config, tokens } = await load('');
    expect([config.api.listen, tokens]).toEqual([null, []]);
  });

  it('refuses an address that others reach unless there are tokens', async () => {
    expect(await problems('api:\n  listen: 0.0.0.0:8420\n')).toEqual([
      '2 api.listen: 0.0.0.0:8420 can be reached from other machines, and anybody there could use it: there are no tokens',
    ]);
    const tokens = `  tokens: [{ name: front, secret: '${SECRET}' }]\n`;
    expect(await problems(`api:\n  listen: 0.0.0.0:8420\n${tokens}`)).toEqual([]);
    expect(await problems('api:\n  listen: everywhere\n')).toEqual([
      '2 api.listen: expected an IP address and a port',
    ]);
  });
});

describe('a proxy before a server without tokens', () => {
  const proxy = `  hosts: [fashion.company.net]\n  trust_proxy: [127.0.0.1]\n`;

  it('is refused: everybody behind it would be an administrator', async () => {
    const why = 'a proxy brings in others, and each of them could do everything: there are no tokens';
    expect(await problems(`api:\n  listen: 127.0.0.1:8420\n${proxy}`)).toEqual([
      `3 api.hosts: ${why}`,
      `4 api.trust_proxy: ${why}`,
    ]);
    const tokens = `  tokens: [{ name: front, secret: '${SECRET}' }]\n`;
    expect(await problems(`api:\n  listen: 127.0.0.1:8420\n${proxy}${tokens}`)).toEqual([]);
    expect(await problems(`api:\n${proxy}`)).toEqual([]);
  });
});

describe('api.tokens', () => {
  it('come from the environment or a file, and are kept as hashes', async () => {
    const file = join(folder, 'secret');
    writeFileSync(file, `${SECRET}\n`);
    const yaml = `api:
  tokens:
    - { name: front, secret: '\${FASHIOND_FRONT}' }
    - { name: ann, scope: review, secret_file: secret }
`;
    const { tokens } = await load(yaml, { FASHIOND_FRONT: `${SECRET}!` });
    expect(tokens).toEqual([
      { name: 'front', scope: 'read', hash: hashSecret(`${SECRET}!`) },
      { name: 'ann', scope: 'review', hash: hashSecret(SECRET) },
    ]);
    expect(JSON.stringify(tokens)).not.toContain('horse');
  });

  it('are refused with the reason and the line', async () => {
    const yaml = `api:
  tokens:
    - { name: front, secret: short }
    - { name: none }
    - { name: both, secret: '${SECRET}', secret_file: x }
    - { name: front, secret: '${SECRET}' }
    - { name: lost, secret_file: no-such-file }
    - { name: odd, scope: owner, secret: '${SECRET}' }
`;
    const found = await problems(yaml.replace(/^.*owner.*\n/m, ''));
    expect(found).toEqual([
      '3 api.tokens[0].secret: the secret of front is shorter than 16 characters',
      '4 api.tokens[1].name: the token none takes either a secret or a secret_file',
      '5 api.tokens[2].name: the token both takes either a secret or a secret_file',
      '6 api.tokens[3].name: another token is called front',
      expect.stringMatching(/^7 api.tokens\[4\].secret_file: the secret of lost cannot be read: ENOENT/),
    ]);
    expect(await problems(yaml.split('\n').slice(0, 2).join('\n') + '\n' + yaml.split('\n')[7])).toEqual([
      '3 api.tokens[0].scope: expected one of read, review, admin, got "owner"',
    ]);
  });
});
