/** What an error about a config shows of its secrets: nothing, whatever else is wrong with the line. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderEffective } from '../../../src/config/effective.js';
import { loadConfig } from '../../../src/config/load.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const SECRET = 'aB3dE5gH7jK9';

async function refusal(config: string, shop = ''): Promise<string> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'prod.yaml'), config);
  mkdirSync(join(folder, 'shops'));
  writeFileSync(join(folder, 'shops', 'a.yaml'), shop);
  const error: unknown = await loadConfig(join(folder, 'prod.yaml'), {}).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Error);
  return (error as Error).message;
}

const token = (text: string): string => `api:\n  tokens: [${text}]\n`;

describe('an error shows no secret of a token', () => {
  it.each([
    ['too short', token(`{ name: a, secret: ${SECRET} }`)],
    ['with a file besides', token(`{name: a, secret: ${SECRET}0123456789, secret_file: x}`)],
    ['beside another mistake', token(`{ name: a, secret: "${SECRET}, #}", scope: amdin }`)],
    ['before a colon', token(`{ name: a, "secret" : ${SECRET}, scope: amdin }`)],
    ['of a misspelled key', token(`{ name: a, secrte: ${SECRET} }`)],
    ['alone', token(SECRET)],
    ['in place of the list', `api: { tokens: ${SECRET} }\n`],
    ['with keys of its own', token(`{ name: a, secret: { value: ${SECRET} } }`)],
    ['that is a number', token(`{ name: a, scope: amdin, secret: 123456789 } # ${SECRET.length}`)],
    ['that looks like a tag', token(`{ name: a, secret: !${SECRET} }`)],
    ['that looks like an alias', token(`{ name: a, secret: *${SECRET} }`)],
    ['that cannot be plain', token(`{ name: a, secret: "@${SECRET}\\z" }`)],
    ['of another place', `x: &s ${SECRET}\n${token('{ name: a, secret: *s }')}`],
    ['as a default', token(`{ name: a, secret: '\${FASHIOND_A:-${SECRET}}', scope: amdin }`)],
    [
      'over lines',
      `api:\n  tokens:\n    - name: a\n      secret: >\n        ${SECRET}\n      scope: amdin\n`,
    ],
    ['beside broken YAML', token(`{ name: a, secret: ${SECRET}, scope: 'x }`)],
    ['beside a double key', token(`{ name: a, name: b, secret: ${SECRET} }`)],
  ])('%s', async (_how, config) => {
    const message = await refusal(config);
    expect(message).not.toContain(SECRET);
    expect(message).not.toContain('123456789');
  });

  it('and keeps the caret below its character, and names what holds it', async () => {
    const message = await refusal(token(`{ name: a, secret: ${SECRET}, scope: amdin }`));
    expect(message.split('\n').slice(1, 3)).toEqual([
      `    2 |   tokens: [{ name: a, secret: ${'*'.repeat(SECRET.length)}, scope: amdin }]`,
      `      | ${' '.repeat('  tokens: [{ name: a, secret: , scope: '.length + SECRET.length)}^`,
    ]);
    expect(await refusal(token("{ name: a, secret: '${FASHIOND_A}', scope: amdin }"))).toContain(
      "secret: '${FASHIOND_A}'",
    );
  });
});

describe('an error shows no password of a proxy', () => {
  const shop = (proxy: string): string =>
    `id: a\nname: A\nstart: [http://127.0.0.1/]\nallow_loopback: true\nproxy: { url: http://127.0.0.1:3128, ${proxy} }\n`;

  it.each([
    ['with a file besides', `password: ${SECRET}, password_file: x`],
    ['of a misspelled key', `passwd: ${SECRET}`],
    ['that is a number', 'user: a, password: 123456789'],
    ['beside another mistake', `password: '${SECRET}, x', resolve: there`],
  ])('%s', async (_how, proxy) => {
    const message = await refusal('shops: [shops/a.yaml]\n', shop(proxy));
    expect(message).not.toContain(SECRET);
    expect(message).not.toContain('123456789');
  });

  it('nor of an address', async () => {
    const message = await refusal(
      'shops: [shops/a.yaml]\n',
      shop('resolve: there').replace('//', `//me:${SECRET}@`).replace('start', 'statr'),
    );
    expect(message).not.toContain(SECRET);
  });
});

it('the config in force shows neither the secret of a token nor the credentials of an address', async () => {
  const folder = temporaryFolder();
  writeFileSync(
    join(folder, 'prod.yaml'),
    `contact: https://me:${SECRET}@fashion.example/\n${token(`{ name: front, secret: ${SECRET}0123456789 }`)}`,
  );
  const text = renderEffective(await loadConfig(join(folder, 'prod.yaml'), {}));
  expect(text).toContain('name: front');
  expect(text).toContain("secret: '***'");
  expect(text).not.toContain(SECRET);
});
