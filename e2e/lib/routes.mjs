// Which pages the program has: those that a person reaches by following links, compared with the
// table of routes in schema/pages.md. It opens nothing.

import { existsSync, readFileSync } from 'node:fs';

const TABLE = new URL('../../schema/pages.md', import.meta.url);

/** GET routes of pages that the table lists, as templates: `/admin/clientes/{codigo}`. */
export function listed() {
  if (!existsSync(TABLE)) return [];
  const found = new Set();
  for (const line of readFileSync(TABLE, 'utf8').split('\n')) {
    const path = line.match(/\| `GET (\/[^`]*)`/)?.[1];
    if (path && !/^\/(api|health|_estatico|recursos)/.test(path)) found.add(path);
  }
  return [...found];
}

/** Turns a template into a test of paths. */
export function matcher(template) {
  const parts = template.split(/\{[^}]*\}/).map((p) => p.replace(/[.*+?^$()[\]\\|]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^/]+?')}$`);
}

/** The shape of a path: its template if one is listed, or the path with its ids taken out. */
export function shape(path, templates) {
  const exact = templates.find((t) => t === path);
  if (exact) return exact;
  const template = templates.find((t) => t.includes('{') && matcher(t).test(path));
  if (template) return template;
  return path.split('/').map((part) => (/\d{3,}|^[A-Z]+\d*-|^[0-9a-f-]{32,}$/.test(part) ? '{}' : part)).join('/');
}

/** Whether an address is a page to look at, and not a file, an act or a channel. */
export function isPage(path) {
  return path.startsWith('/') && !path.startsWith('//')
    && !/^\/(api|health|salir|eventos|archivos|recursos|estatico|_estatico|\.well-known)\b/.test(path)
    && !/\/eventos$/.test(path)
    && !/\.(pdf|xml|cdr|csv|zip|svg|css|js|txt|ico|json)$/.test(path);
}
