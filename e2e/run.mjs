// Walks every journey against a served demo:
//   node run.mjs --url http://127.0.0.1:PORT --demo demo.json --salida DIR [--solo a,b] [--lighthouse]
// `cargo xtask e2e` starts and stops the demo; nothing here does.

import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { launch } from './lib/browser.mjs';
import { walk } from './lib/journey.mjs';
import { accounts } from './lib/people.mjs';
import { line, write } from './lib/report.mjs';

const { values } = parseArgs({ options: {
  url: { type: 'string' }, demo: { type: 'string' }, salida: { type: 'string' },
  solo: { type: 'string' }, lighthouse: { type: 'boolean', default: false },
} });

/** The JSON object that the demo printed among the lines of its log. */
function told(path) {
  for (const text of readFileSync(path, 'utf8').split('\n')) {
    if (!text.startsWith('{')) continue;
    try {
      const value = JSON.parse(text);
      if (!('level' in value)) return value;
    } catch { /* A line of the log. */ }
  }
  return {};
}

const out = values.salida;
const wanted = values.solo?.split(',');
if (!wanted) rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const folder = new URL(values.lighthouse ? './lighthouse/' : './journeys/', import.meta.url);
const modules = [];
for (const file of readdirSync(folder).filter((f) => f.endsWith('.mjs')).sort()) {
  modules.push(await import(new URL(file, folder)));
}
const chosen = modules.filter((m) => !wanted || wanted.includes(m.name));
if (chosen.length === 0) {
  console.error(`no hay recorrido con ese nombre; hay: ${modules.map((m) => m.name).join(', ')}`);
  process.exit(2);
}

const demo = told(values.demo);
const world = { url: values.url, out, demo, accounts: accounts(demo), open: [] };
const start = Date.now();
world.browser = await launch();
const journeys = [];
try {
  for (const module of chosen) {
    const journey = await walk(world, module);
    journeys.push(journey);
    console.log(line(journey));
    for (const note of journey.notes) console.log(`      ${note}`);
  }
} finally {
  await world.browser.close();
}
const total = Date.now() - start;
write(out, { journeys, total });
const bad = journeys.filter((j) => !j.ok).length;
console.log(`${journeys.length - bad} de ${journeys.length} recorridos bien en ${(total / 1000).toFixed(1)} s; ${out}/index.html`);
process.exit(bad ? 1 : 0);
