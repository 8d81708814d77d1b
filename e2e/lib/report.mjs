// The summary: one JSON for machines, one page for people. It keeps no history.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const escape = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/** Writes `resumen.json` and `index.html`. */
export function write(out, summary) {
  writeFileSync(join(out, 'resumen.json'), `${JSON.stringify(summary, null, 1)}\n`);
  writeFileSync(join(out, 'index.html'), page(summary));
}

function page({ journeys, total }) {
  const good = journeys.filter((j) => j.ok).length;
  return `<!doctype html><html lang="es"><head><meta charset="utf-8"><title>Recorridos</title>
<style>body{font:16px/1.5 system-ui;margin:24px;max-width:1400px}.mal{color:#9b181c}.ok{color:#136434}
img{border:1px solid #cad3d8;vertical-align:top;max-height:340px;margin:4px}td,th{padding:2px 12px 2px 0;text-align:left}
pre{white-space:pre-wrap;background:#f8fafb;padding:8px}</style></head><body>
<h1>Recorridos: ${good} de ${journeys.length} bien, ${seconds(total)}</h1>
<ul>${journeys.map((j) => `<li><a href="#${j.name}">${escape(j.title)}</a> <b class="${j.ok ? 'ok' : 'mal'}">${j.ok ? 'bien' : 'mal'}</b> ${seconds(j.ms)}</li>`).join('')}</ul>
${journeys.map(section).join('\n')}</body></html>\n`;
}

function section(j) {
  const steps = j.steps.map((s) => `<li class="${s.ok ? 'ok' : 'mal'}">${escape(s.text)} · ${seconds(s.ms)}</li>`);
  const shots = j.shots.map((s) => `<h3>${escape(s.name)}</h3>${s.files
    .map((f) => `<a href="${escape(f)}"><img loading="lazy" src="${escape(f)}" alt="${escape(f)}"></a>`).join('')}`);
  const notes = j.notes.length ? `<pre>${escape(j.notes.join('\n'))}</pre>` : '';
  const error = j.error ? `<pre class="mal">${escape(j.error)}</pre>` : '';
  return `<section id="${j.name}"><h2>${escape(j.title)}</h2>${error}<ol>${steps.join('')}</ol>${notes}${shots.join('')}</section>`;
}

/** One line for the terminal. */
export function line(j) {
  const head = `${j.ok ? 'bien' : 'MAL '} ${seconds(j.ms).padStart(8)}  ${j.name}`;
  return j.ok ? head : `${head}\n      en «${j.at ?? 'el comienzo'}»: ${j.error}`;
}
