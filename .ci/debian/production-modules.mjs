/**
 * `node production-modules.mjs FOLDER`: copies the modules that the program needs where it runs from node_modules to
 * FOLDER/node_modules, without what is for other platforms, for compilers and for developers. Prints a line for each:
 * path, version, licence, author.
 *
 * The lock file says what belongs to it; of an optional module only one that is installed counts, and none of this
 * project's own (TensorFlow for GPUs brings a library of its own).
 */
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Names of files and folders that nothing reads where the program runs. */
const LEFT_OUT = [
  /^\./,
  /\.(html|sh|map|d\.[cm]?ts|[cm]?ts|md|markdown|flow|gyp|gypi|dylib|dll|c|cc|cpp|h|hpp)$/,
  /^(test|tests|__tests__|example|examples|benchmark|benchmarks|integration|docs|man)$/,
];
/** Of these, only what is named. */
const KEPT = {
  'better-sqlite3': ['LICENSE', 'lib', 'package.json', 'build/Release/better_sqlite3.node'],
};
/** Of these, all but what is named. */
const DROPPED = {
  echarts: ['dist', 'types', 'asset', 'theme', 'i18n'],
  zod: ['src'],
  'onnxruntime-node': readdirSync('node_modules/onnxruntime-node/bin/napi-v6').flatMap((platform) =>
    readdirSync(join('node_modules/onnxruntime-node/bin/napi-v6', platform))
      .filter((arch) => platform !== process.platform || arch !== process.arch)
      .map((arch) => `bin/napi-v6/${platform}/${arch}`),
  ),
};

const [folder] = process.argv.slice(2);
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages;
const wanted = new Set();
for (const name of Object.keys(lock[''].dependencies)) want('', name, false);

/** `from`: path of the module that asks for it. */
function want(from, name, isOptional) {
  for (let at = from; ; at = parentOf(at)) {
    const path = join(at, 'node_modules', name);
    if (path in lock) {
      if (isOptional && !existsSync(path)) return;
      if (wanted.has(path)) return;
      wanted.add(path);
      const { dependencies = {}, optionalDependencies = {} } = lock[path];
      for (const other of Object.keys(dependencies)) want(path, other, other in optionalDependencies);
      for (const other of Object.keys(optionalDependencies)) want(path, other, true);
      return;
    }
    if (at === '') break;
  }
  if (!isOptional)
    throw new Error(`${name}, which ${from || 'the project'} needs, is not in package-lock.json`);
}

/** The module in whose node_modules this one lies; '' for the project. */
function parentOf(path) {
  const end = path.lastIndexOf('/node_modules/');
  return end < 0 ? '' : path.slice(0, end);
}

for (const path of [...wanted].sort((one, other) => (one < other ? -1 : 1))) {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const to = join(folder, path);
  for (const part of KEPT[name] ?? ['']) {
    cpSync(join(path, part), join(to, part), {
      recursive: true,
      dereference: true,
      // Modules inside it are copied for themselves.
      filter: (source) =>
        basename(source) !== 'node_modules' &&
        !(source !== path && LEFT_OUT.some((pattern) => pattern.test(basename(source)) && !isCode(source))),
    });
  }
  for (const part of DROPPED[name] ?? []) rmSync(join(to, part), { recursive: true, force: true });
  const { version, license, author } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const by = typeof author === 'string' ? author : (author?.name ?? '');
  process.stdout.write(
    `${[path, version, licenceText(license), by.replaceAll(/[\t\n]/g, ' ')].join('\t')}\n`,
  );
}

/** A folder that only looks like one for developers: the code asks for it. */
function isCode(source) {
  return statSync(source).isDirectory() && /\/(lib|dist)\/.*\/?(test|docs|man|example)s?$/.test(source);
}

function licenceText(license) {
  return typeof license === 'string' ? license : (license?.type ?? 'see its LICENSE');
}
