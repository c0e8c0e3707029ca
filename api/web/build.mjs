/* build.mjs MODULES OUT: bundles the pages into OUT (flat: the service gives them as /web/{file}). MODULES is the node_modules that
   `npm ci` made; it need not be beside the sources. Fails when the catalogues of the languages have different keys, or a text that is asked
   for is not in them. */
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [modules, out] = process.argv.slice(2).map((name) => path.resolve(name));
const here = path.dirname(fileURLToPath(import.meta.url));
const esbuild = createRequire(path.join(modules, 'any.js'))('esbuild');
const LANGUAGES = ['en', 'es'];

async function files(dir, ending) {
  const found = [];
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const name = path.join(dir, entry.name);
    if (entry.isDirectory()) found.push(...await files(name, ending));
    else if (name.endsWith(ending)) found.push(name);
  }
  return found.sort();
}

async function catalogue(language) {
  return (await import(pathToFileURL(path.join(here, 'words', language, 'index.js')))).default;
}

/* {a: {b: 'text'}} → a.b; a text with forms ({one, other}) is one key. */
function keys(words, before = '') {
  return Object.entries(words).flatMap(([name, value]) =>
    typeof value === 'string' || 'other' in value ? [before + name] : keys(value, `${before}${name}.`));
}

async function checkWords() {
  const faults = [];
  const [first, ...others] = await Promise.all(LANGUAGES.map(async (language) => new Set(keys(await catalogue(language)))));
  others.forEach((other, k) => {
    for (const key of first) if (!other.has(key)) faults.push(`words/${LANGUAGES[k + 1]} lacks ${key}`);
    for (const key of other) if (!first.has(key)) faults.push(`words/${LANGUAGES[0]} lacks ${key}`);
  });
  const used = new Set();
  for (const name of [...await files(path.join(here, 'lib'), '.js'), ...await files(path.join(here, 'views'), '.js'), path.join(here, 'app.js')]) {
    const text = (await readFile(name, 'utf8')).replace(/\/\*[^]*?\*\//g, '');
    /* t('a.b') must be there; t(`a.${x}`) uses all of a. */
    for (const [, key] of text.matchAll(/\bt\(\s*'([^']+)'/g)) {
      used.add(key);
      if (!first.has(key)) faults.push(`${path.relative(here, name)}: no text ${key}`);
    }
    for (const [, prefix] of text.matchAll(/[`']([a-z_A-Z0-9.]+\.)(?:\$\{|')/g)) for (const key of first) if (key.startsWith(prefix)) used.add(key);
    for (const [, key] of text.matchAll(/'([a-z_A-Z0-9]+(?:\.[a-z_A-Z0-9]+)+)'/g)) used.add(key); /* keys in tables */
  }
  for (const key of first) if (!used.has(key)) faults.push(`no page uses the text ${key}`);
  if (faults.length > 0) throw new Error(faults.join('\n'));
}

/* Parts of ECharts that it brings along and no page reaches: Chinese (the pages have their own words), tooltips in HTML (the CSP refuses their
   styles; lib/chart.js draws them on the canvas). */
const unreached = {
  name: 'unreached',
  setup({ onLoad }) {
    onLoad({ filter: /echarts[/\\]lib[/\\]i18n[/\\]langZH\.js$/ }, () => ({ contents: 'export default {};' }));
    onLoad({ filter: /echarts[/\\]lib[/\\]component[/\\]tooltip[/\\]TooltipHTMLContent\.js$/ }, () => ({ contents: 'export default class {}' }));
  },
};

/* All of app.css and of the views, in the order of their names, as one file. */
async function css() {
  const parts = [path.join(here, 'app.css'), ...await files(path.join(here, 'views'), '.css')];
  const text = (await Promise.all(parts.map((name) => readFile(name, 'utf8')))).join('\n');
  await writeFile(path.join(out, 'app.css'), (await esbuild.transform(text, { loader: 'css', minify: true })).code);
}

try {
  await checkWords();
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  await esbuild.build({
    entryPoints: [path.join(here, 'app.js')],
    outdir: out,
    absWorkingDir: here,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: ['es2020'],
    minify: true,
    charset: 'utf8',
    legalComments: 'eof',
    chunkNames: 'chunk-[hash]',
    nodePaths: [modules],
    plugins: [unreached],
    logLevel: 'warning',
  });
  await css();
  for (const name of await readdir(path.join(here, 'static'))) await cp(path.join(here, 'static', name), path.join(out, name));
} catch (error) {
  console.error(`build.mjs: ${error.message}`);
  process.exit(1);
}
