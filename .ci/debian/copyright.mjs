/** `node copyright.mjs MODULES`: the package's copyright file; MODULES is what production-modules.mjs printed. */
import { readFileSync } from 'node:fs';

const licence = readFileSync('LICENSE', 'utf8');
const holder = /^Copyright .*$/m.exec(licence)?.[0].replace('Copyright (c) ', '') ?? 'the authors';
const indented = (text) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => (line.trim() === '' ? ' .' : ` ${line}`))
    .join('\n');
const modules = readFileSync(process.argv[2], 'utf8').trimEnd().split('\n');
const licences = new Set(['Expat']);
const stanzas = modules.map((line) => {
  const [path, , license, author] = line.split('\t');
  const name = license === 'MIT' ? 'Expat' : license.replaceAll(/[() ]+/g, '-').replaceAll(/^-|-$/g, '');
  licences.add(name);
  return `Files: usr/lib/fashiond/${path}/*\nCopyright: ${author === '' ? 'its authors' : author}\nLicense: ${name}`;
});
process.stdout.write(`Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: fashiond

Files: *
Copyright: ${holder}
License: Expat

`);
process.stdout.write(`${stanzas.join('\n\n')}\n`);
for (const name of licences) {
  const text =
    name === 'Expat'
      ? licence
      : `The text lies beside the module that is under it, in /usr/lib/fashiond/node_modules.`;
  process.stdout.write(`\nLicense: ${name}\n${indented(text)}\n`);
}
