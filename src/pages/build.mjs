// Builds the pages into one folder that prontod serves: `node build.mjs --out DIR`.
// Writes DIR/templates/*.html, DIR/text.{it,en}.json, DIR/assets.json, DIR/static/* (hashed names, .gz
// beside) and the files of the site's root. The server fills the templates; nothing here runs there.
// Fails when a public page grows over its budget, so that an old phone on a slow line stays served.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import esbuild from 'esbuild';
import { PurgeCSS } from 'purgecss';
import * as sass from 'sass';
import { budgets } from './budgets.mjs';
import { iconNames } from './shared/icons/names.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const italia = dirname(require.resolve('bootstrap-italia/package.json'));
const out = resolve(argument('--out') ?? usage());
const assets = {};            // logical name -> /static/name.hash.ext, the templates' {{asset.name}}
const sizes = {};             // logical name -> gzip bytes

function argument(name) {
  const at = process.argv.indexOf(name);
  return at > 0 ? process.argv[at + 1] : undefined;
}

function usage() {
  console.error('usage: node build.mjs --out DIR');
  process.exit(2);
}

const source = (...path) => join(here, ...path);
const text = (...path) => readFileSync(source(...path), 'utf8');
const gz = (bytes) => gzipSync(bytes, { level: 9 });

// Fonts and pictures are compressed already: a .gz beside them would only cost time.
function write(path, bytes) {
  const whole = join(out, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, bytes);
  if (/\.(css|js|mjs|svg|html|json|webmanifest)$/.test(path) && !path.startsWith('templates/')) writeFileSync(whole + '.gz', gz(bytes));
}

function asset(key, name, bytes) {
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 10);
  const [, stem, ext] = name.match(/^(.*)(\.[^.]+)$/);
  assets[key] = `/static/${stem}-${hash}${ext}`;
  sizes[key] = ext === '.woff2' ? bytes.length : gz(bytes).length;
  write(`static/${stem}-${hash}${ext}`, bytes);
}

// ---------------------------------------------------------------- fonts and icons
function fonts() {
  const from = (family, file) => readFileSync(join(italia, 'dist/fonts', family, file));
  asset('font_regular', 'titillium-400.woff2', from('Titillium_Web', 'titillium-web-v10-latin-ext_latin-regular.woff2'));
  asset('font_semibold', 'titillium-600.woff2', from('Titillium_Web', 'titillium-web-v10-latin-ext_latin-600.woff2'));
  asset('font_mono', 'roboto-mono-400.woff2', from('Roboto_Mono', 'roboto-mono-v13-latin-ext_latin-regular.woff2'));
}

function symbol(name) {
  const own = source('shared/icons', `${name}.svg`);
  const file = existsSync(own) ? own : join(italia, 'src/svg', `${name}.svg`);
  if (!existsSync(file)) throw new Error(`icon ${name}: neither in shared/icons nor in Bootstrap Italia`);
  const svg = readFileSync(file, 'utf8').replace(/\s+/g, ' ');
  const box = svg.match(/viewBox="([^"]+)"/)?.[1] ?? '0 0 24 24';
  const body = svg.replace(/^.*?<svg[^>]*>/, '').replace(/<\/svg>.*$/, '')
    .replace(/ (class|style|fill|enable-background)="(?!none)[^"]*"/g, '').replace(/> </g, '><').trim();
  return `<symbol id="${name}" viewBox="${box}">${body}</symbol>`;
}

const sprite = (names) => `<svg xmlns="http://www.w3.org/2000/svg">${names.map(symbol).join('')}</svg>`;

// ---------------------------------------------------------------- styles
const placed = (css) => css.replace(/url\("?asset:(\w+)"?\)/g, (_, key) => `url(${assets[key] ?? missing(key)})`);

function missing(key) {
  throw new Error(`no asset called ${key}`);
}

function compile(file) {
  const css = sass.compile(source(file), {
    loadPaths: [join(italia, 'src/scss'), here],
    quietDeps: true,
    silenceDeprecations: ['import', 'global-builtin', 'color-functions', 'if-function', 'slash-div'],
  }).css;
  return placed(css);
}

// Only what the named pages can show stays. Names made by script are in the sources, which are read too.
async function purge(css, pages) {
  const content = pages.flatMap((page) => readdirSync(source(page)).filter((f) => /\.(html|js|jsx)$/.test(f)).map((f) => source(page, f)));
  const [{ css: kept }] = await new PurgeCSS().purge({
    content, css: [{ raw: css }], variables: true, keyframes: true, fontFace: false,
    defaultExtractor: (s) => s.match(/[\w-]+/g) ?? [],
    safelist: { standard: ['html', 'body', 'js', 'maplibregl'], variables: [/^--pd-/], greedy: [/data-stato/, /data-connessione/] },
  });
  return esbuild.transformSync(kept, { loader: 'css', minify: true, target: ['chrome80', 'firefox78', 'safari13'] }).code.trim();
}

const minify = (css) => esbuild.transformSync(css, { loader: 'css', minify: true, target: ['chrome100', 'firefox100', 'safari15'] }).code.trim();

async function styles() {
  const common = ['shared/partials', 'shared'];
  asset('public_css', 'public.css', await purge(compile('shared/public.scss'), [...common, 'report', 'status', 'live', 'login', 'errors']));
  const live = await purge(compile('live/live.scss'), [...common, 'live']);
  sizes.live_css = gz(live).length;
  asset('map_css', 'map.css', minify(readFileSync(require.resolve('maplibre-gl/dist/maplibre-gl.css'), 'utf8') + compile('shared/map.scss')));
  for (const app of ['desk', 'crew']) {
    if (existsSync(source(app, `${app}.scss`))) asset(`${app}_css`, `${app}.css`, minify(compile(`${app}/${app}.scss`)));
  }
  return { 'live.css': live };
}

// ---------------------------------------------------------------- scripts
// `import words from 'words:live'` gives {it, en}: the catalogue's entries live_js_*, without the prefix.
const words = {
  name: 'words',
  setup(build) {
    build.onResolve({ filter: /^words:/ }, (args) => ({ path: args.path.slice(6), namespace: 'words' }));
    build.onLoad({ filter: /.*/, namespace: 'words' }, (args) => {
      const pick = (lang) => Object.fromEntries(Object.entries(catalogue(lang))
        .filter(([key]) => key.startsWith(`${args.path}_js_`)).map(([key, value]) => [key.slice(args.path.length + 4), value]));
      return { contents: JSON.stringify({ it: pick('it'), en: pick('en') }), loader: 'json' };
    });
  },
};

async function bundle(key, entry, options = {}) {
  const built = await esbuild.build({
    entryPoints: [source(entry)], bundle: true, minify: true, write: false, legalComments: 'none',
    target: 'es2017', format: 'iife', plugins: [words], logLevel: 'warning', ...options,
  });
  asset(key, `${key.replace(/_js$/, '')}.js`, Buffer.from(built.outputFiles[0].contents));
}

async function scripts() {
  for (const page of ['report', 'status', 'live', 'login']) {
    if (existsSync(source(page, `${page}.js`))) await bundle(`${page}_js`, `${page}/${page}.js`);
  }
  asset('map_worker', 'map-worker.js', readFileSync(require.resolve('maplibre-gl/dist/maplibre-gl-worker.mjs')).toString().replace(/\n\/\/# sourceMappingURL.*/, ''));
  await bundle('map_js', 'shared/map.js', {
    target: 'es2020', format: 'esm', define: { MAP_WORKER: JSON.stringify(assets.map_worker) },
  });
  for (const app of ['desk', 'crew']) {
    if (!existsSync(source(app, 'main.jsx'))) continue;
    await bundle(`${app}_js`, `${app}/main.jsx`, { target: 'es2020', format: 'esm', jsx: 'automatic', jsxImportSource: 'preact' });
  }
}

// The crew's service worker keeps its name (its scope is the site) and knows what to keep on the phone.
async function worker() {
  if (!existsSync(source('crew/sw.js'))) return;
  const shell = ['crew_js', 'crew_css', 'icons', 'font_regular', 'font_semibold', 'font_mono'].map((k) => assets[k]).filter(Boolean);
  const built = await esbuild.build({
    entryPoints: [source('crew/sw.js')], bundle: true, minify: true, write: false, target: 'es2020', format: 'iife',
    define: { SHELL: JSON.stringify(shell), VERSION: JSON.stringify(createHash('sha256').update(shell.join()).digest('hex').slice(0, 10)) },
  });
  write('sw.js', Buffer.from(built.outputFiles[0].contents));
}

// ---------------------------------------------------------------- templates and words
const catalogues = {};

// The catalogue is one flat object made of every shared/text.<lang>*.json and <page>/text.<lang>.json.
function catalogue(lang) {
  if (catalogues[lang]) return catalogues[lang];
  const all = {};
  for (const room of ['shared', 'report', 'status', 'live', 'login', 'errors', 'desk', 'crew']) {
    const file = source(room, `text.${lang}.json`);
    if (!existsSync(file)) continue;
    for (const [key, value] of Object.entries(JSON.parse(readFileSync(file, 'utf8')))) {
      if (key in all) throw new Error(`${file}: ${key} is named twice`);
      all[key] = value;
    }
  }
  return (catalogues[lang] = all);
}

// Partials go in here, so that a page's own icons can be gathered and the server reads one file a page.
function template(page, file, inline) {
  const include = (html, depth) => html.replace(/[ \t]*\{\{>\s*([\w-]+)\s*\}\}\n?/g, (_, name) => {
    if (depth > 5) throw new Error(`${file}: partial ${name} includes itself`);
    return include(text('shared/partials', `${name}.html`), depth + 1);
  });
  let html = include(text(page, file), 0)
    .replace(/\{\{![\s\S]*?\}\}\n?/g, '')
    .replace(/\[\[inline ([\w.]+)\]\]/g, (_, name) => inline[name] ?? missing(name));
  html = html.replace(/\[\[sprite([^\]]*)\]\]/, (_, more) => {
    const used = [...html.matchAll(/href="#((?:it|pd)-[\w-]+)"/g)].map((m) => m[1]);
    const names = [...new Set([...used, ...more.trim().split(/\s+/).filter(Boolean)])].sort();
    return `<svg xmlns="http://www.w3.org/2000/svg" hidden>${names.map(symbol).join('')}</svg>`;
  });
  checkWords(html, `${page}/${file}`);
  return html.replace(/^\s+/gm, '').replace(/\n+/g, '\n');
}

// A word missing in one language would be an empty place on the page: stop here instead.
function checkWords(html, where) {
  for (const [, key] of html.matchAll(/\{\{[#^/]?\s*t\.(\w+)/g)) {
    for (const lang of ['it', 'en']) {
      if (!(key in catalogue(lang))) throw new Error(`${where}: no word ${key} in text.${lang}.json`);
    }
  }
  for (const [, key] of html.matchAll(/\{\{\s*asset\.(\w+)/g)) {
    if (!(key in assets)) throw new Error(`${where}: no asset called ${key}`);
  }
}

function templates(inline) {
  for (const page of ['report', 'status', 'live', 'login', 'errors', 'desk', 'crew']) {
    if (!existsSync(source(page))) continue;
    for (const file of readdirSync(source(page)).filter((f) => f.endsWith('.html'))) {
      const html = template(page, file, inline);
      write(`templates/${file}`, html);
      sizes[basename(file, '.html') + '_html'] = gz(html).length;
    }
  }
}

function sameKeys() {
  const [it, en] = [catalogue('it'), catalogue('en')];
  // The desk and the crew speak Italian only; every other word stands in both languages.
  const lacking = Object.keys(it).filter((key) => !(key in en) && !/^(desk|crew)_/.test(key));
  const surplus = Object.keys(en).filter((key) => !(key in it));
  if (lacking.length + surplus.length) throw new Error(`words in one language only: ${[...lacking, ...surplus].join(', ')}`);
}

// ---------------------------------------------------------------- budgets
function checkBudgets() {
  let over = 0;
  for (const { page, parts, limit, each = {} } of budgets) {
    if (parts.some((part) => !(part in sizes))) continue;
    const total = parts.reduce((sum, part) => sum + sizes[part], 0);
    const wrong = [...Object.entries(each).filter(([part, most]) => sizes[part] > most * 1024).map(([part]) => part), ...(total > limit * 1024 ? ['total'] : [])];
    over += wrong.length;
    const detail = parts.map((part) => `${part} ${(sizes[part] / 1024).toFixed(1)}`).join(', ');
    console.log(`${page.padEnd(8)} ${(total / 1024).toFixed(1).padStart(6)} of ${limit} kB gzip  (${detail})${wrong.length ? `  OVER: ${wrong.join(', ')}` : ''}`);
  }
  if (over) {
    console.error('pages: over the budget of bytes (budgets.mjs)');
    process.exit(1);
  }
}

async function main() {
  for (const part of ['static', 'templates']) rmSync(join(out, part), { recursive: true, force: true });
  sameKeys();
  fonts();
  asset('icons', 'icons.svg', Buffer.from(sprite(iconNames)));
  const inline = await styles();
  await scripts();
  await worker();
  templates(inline);
  for (const lang of ['it', 'en']) write(`text.${lang}.json`, JSON.stringify(catalogue(lang)));
  write('assets.json', JSON.stringify(assets, null, 1));
  for (const file of ['favicon.svg', 'favicon.ico', 'robots.txt']) if (existsSync(source('shared', file))) write(file, readFileSync(source('shared', file)));
  if (existsSync(source('crew/manifest.webmanifest'))) write('manifest.webmanifest', readFileSync(source('crew/manifest.webmanifest')));
  checkBudgets();
}

main().catch((error) => {
  console.error(`pages: ${error.message}`);
  process.exit(1);
});
