/* What the browser adds to pages that work without it. No state lives here that the address or the
   server does not hold, but what a person is typing. */
(() => {
'use strict';
const D = document, H = D.documentElement, B = D.body, W = window;
const T = (D.getElementById('r-textos') || B).dataset;
const one = (s, e = D) => e.querySelector(s);
const all = (s, e = D) => [...e.querySelectorAll(s)];
const on = (what, f, e = D, how) => e.addEventListener(what, f, how);
const make = (tag, clase, text) => Object.assign(D.createElement(tag), { className: clase, textContent: text || '' });
/* Storage may be refused by the browser: then nothing is remembered and nothing breaks. */
const safe = f => { try { return f(); } catch { return null; } };
const memory = { get: k => safe(() => sessionStorage.getItem(k)), set: (k, v) => safe(() => sessionStorage.setItem(k, v)), del: k => safe(() => sessionStorage.removeItem(k)) };
H.classList.add('js');

/* ---- Notices: polite ones in a status region, errors in an alert ---- */
function closable(box, lasts) {
  const x = make('button', 'boton icono');
  x.type = 'button';
  x.setAttribute('aria-label', T.cerrar);
  x.innerHTML = '<svg class="ic" width="20" height="20" aria-hidden="true"><path d="m5 5 10 10M15 5 5 15"/></svg>';
  x.onclick = () => box.remove();
  box.append(x);
  const leave = () => box.matches(':hover,:focus-within') ? setTimeout(leave, 9000) : box.remove();
  if (lasts) setTimeout(leave, lasts);
  return box;
}
function notice(text, kind, label, act) {
  const place = one(kind === 'mal' ? '[data-alertas]' : '[data-avisos]');
  if (!place) return;
  const twin = all('.aviso', place).find(a => one('p', a).textContent === text);
  if (twin) twin.remove();
  const box = make('div', 'aviso aviso-' + kind);
  box.dataset.lista = '';
  box.append(make('p', '', text));
  if (label) {
    const b = make('button', 'boton enlace', label);
    b.type = 'button';
    b.onclick = () => { box.remove(); act(); };
    box.append(b);
  }
  place.append(closable(box, kind === 'mal' || label ? 0 : 15000));
  while (place.children.length > 3) place.firstElementChild.remove();
  return box;
}
const dress = () => all('.aviso:not([data-lista])').forEach(a => {
  a.dataset.lista = '';
  closable(a, a.matches('.aviso-mal') || one('form', a) ? 0 : 15000);
});

/* ---- Refused forms: focus goes to the summary, and from its links to the fields ---- */
function summary() {
  const s = one('#resumen');
  if (!s || s.dataset.lista) return;
  s.dataset.lista = '1';
  s.focus();
  if (!D.title.startsWith(T.error)) D.title = T.error + ' ' + D.title;
}
on('click', e => {
  const a = e.target.closest('#resumen a');
  const field = a && D.getElementById(decodeURIComponent(a.hash.slice(1)));
  if (field) { e.preventDefault(); field.focus(); field.scrollIntoView({ block: 'center' }); }
});

/* ---- Typed text: kept in this tab until the server says that it was saved ---- */
const kept = f => 'r:' + location.pathname + '>' + f.getAttribute('action') + '>' + drafts().indexOf(f);
const fields = f => [...f.elements].filter(c => c.name && c.name[0] !== '_' && !/^(hidden|password|file|submit|button|reset|fieldset)$/.test(c.type));
const isBox = c => c.type === 'checkbox' || c.type === 'radio';
const photo = f => JSON.stringify(fields(f).map(c => [c.name, isBox(c) ? c.checked : c.value]));
const drafts = () => all('form[data-borrador]');
const keep = f => photo(f) === f.was ? memory.del(kept(f)) : memory.set(kept(f), photo(f));
function restore(f) {
  f.was = photo(f);
  const text = memory.get(kept(f));
  if (!text || text === f.was || one('#resumen', f.parentNode)) return;
  const old = safe(() => JSON.parse(text)) || [], now = fields(f);
  if (old.length !== now.length || old.some(([n], i) => n !== now[i].name)) return memory.del(kept(f));
  old.forEach(([, v], i) => { if (isBox(now[i])) now[i].checked = v; else now[i].value = v; });
  notice(T.recuperado, 'info', T.descartar, () => { f.reset(); memory.del(kept(f)); });
}
function settle() {
  const sent = safe(() => JSON.parse(memory.get('r:enviados'))) || [];
  const done = one('.aviso-ok'), stuck = one('[data-conserva],#resumen');
  const left = sent.filter(([k, from]) => {
    const gone = done || (!stuck && location.pathname !== from && location.pathname !== k.split('>')[1] && !location.pathname.startsWith('/entrar'));
    if (gone) memory.del(k);
    return !gone;
  });
  memory.set('r:enviados', JSON.stringify(left));
}
let typing;
on('input', e => {
  const f = e.target.form;
  if (!f || !('borrador' in f.dataset)) return;
  clearTimeout(typing);
  typing = setTimeout(keep, 300, f);
});
on('pagehide', () => drafts().forEach(f => f.was && keep(f)), W);

/* ---- Sending: once, said aloud, and not into the void ---- */
on('submit', e => {
  const f = e.target;
  if (e.defaultPrevented || f.method !== 'post') return;
  if (!navigator.onLine) {
    e.preventDefault();
    drafts().forEach(keep);
    return void notice(T.sinRed, 'mal', T.reintentar, () => f.requestSubmit(e.submitter));
  }
  if (f.dataset.enviado) return e.preventDefault();
  if (f.action.endsWith('/salir')) { safe(() => sessionStorage.clear()); safe(() => localStorage.removeItem('r:sesion')); return; }
  if ('borrador' in f.dataset) {
    keep(f);
    const sent = safe(() => JSON.parse(memory.get('r:enviados'))) || [];
    memory.set('r:enviados', JSON.stringify([...sent.slice(-9), [kept(f), location.pathname]]));
  }
  if ('unico' in f.dataset) busy(f, e.submitter);
});
function busy(f, b) {
  f.dataset.enviado = '1';
  const text = b && b.matches('button') && b.textContent;
  if (text) { b.style.minWidth = b.offsetWidth + 'px'; b.setAttribute('aria-disabled', 'true'); b.textContent = T.enviando; }
  f.free = () => {
    delete f.dataset.enviado;
    if (text) { b.removeAttribute('aria-disabled'); b.textContent = text; }
  };
  /* A download leaves the page where it is. */
  setTimeout(() => f.free(), 10000);
}
on('pageshow', e => {
  if (!e.persisted) return;
  if ('sesion' in B.dataset && safe(() => localStorage.getItem('r:sesion')) !== session) return location.reload();
  all('form').forEach(f => f.free && f.free());
}, W);
const session = safe(() => {
  if (!('sesion' in B.dataset)) return null;
  if (!localStorage.getItem('r:sesion')) localStorage.setItem('r:sesion', String(performance.timeOrigin));
  return localStorage.getItem('r:sesion');
});
let offline;
on('offline', () => { drafts().forEach(f => f.was && keep(f)); offline = notice(T.sinRed, 'mal'); }, W);
on('online', () => { if (offline) offline.remove(); notice(T.conRed, 'ok'); }, W);

/* ---- htmx: slow requests show it, failed ones offer to try again ---- */
on('htmx:configRequest', e => {
  const { verb, parameters: q } = e.detail;
  if (verb === 'get') for (const k of Object.keys(q)) if (q[k] === '') delete q[k];
});
on('htmx:beforeRequest', e => {
  const t = e.detail.target;
  if (t) t.slow = setTimeout(() => t.setAttribute('aria-busy', 'true'), 300);
});
on('htmx:afterRequest', e => {
  const t = e.detail.target;
  if (t) { clearTimeout(t.slow); t.removeAttribute('aria-busy'); }
});
for (const what of ['htmx:responseError', 'htmx:sendError', 'htmx:timeout']) on(what, e => {
  const { requestConfig: c, xhr } = e.detail;
  B.dispatchEvent(new CustomEvent('r:error', { detail: e.detail }));
  drafts().forEach(f => f.was && keep(f));
  if (xhr && xhr.status === 401) return notice(T.sesion, 'mal', T.entrar, () => W.open('/entrar', '_blank'));
  notice(navigator.onLine ? T.fallo : T.sinRed, 'mal', T.reintentar, () => c.elt.isConnected ? W.htmx.ajax(c.verb, c.path, { source: c.elt, target: c.target, values: c.verb === 'get' ? {} : c.parameters }) : location.reload());
});
on('htmx:afterSettle', () => { dress(); summary(); pick(); drafts().forEach(f => f.was || restore(f)); });

/* ---- Dialogs and menus ---- */
async function borrowed(a) {
  const text = await fetch(a.href, { credentials: 'same-origin' }).then(r => r.ok ? r.text() : '');
  const main = text && one('main', new DOMParser().parseFromString(text, 'text/html'));
  if (!main) return void (location.href = a.href);
  const d = make('dialog', 'prestado'), bar = make('div', 'dialogo-titulo'), h = one('h1', main), t = make('h2', '', h ? h.textContent : '');
  t.id = 'prestado-titulo';
  d.setAttribute('aria-labelledby', t.id);
  if (h) h.closest('.cabecera,h1').remove();
  const x = closable(make('div', ''));
  x.firstChild.onclick = () => d.close();
  bar.append(t, x);
  d.append(bar, ...main.childNodes);
  on('close', () => d.remove(), d);
  B.append(d);
  d.showModal();
}
on('click', e => {
  const a = e.target.closest('[data-dialogo]');
  if (a && !e.ctrlKey && !e.metaKey && !e.shiftKey) {
    const d = D.getElementById(a.dataset.dialogo);
    if (d || !a.dataset.dialogo) { e.preventDefault(); d ? d.showModal() : borrowed(a); }
  }
  if (e.target.nodeName === 'DIALOG') e.target.close();
  if (e.target.closest('dialog [data-cerrar]')) { e.preventDefault(); e.target.closest('dialog').close(); }
  all('details.menu[open],.kpi-ayuda details[open]').forEach(m => m.contains(e.target) || (m.open = false));
  const c = e.target.closest('[data-copiar]');
  if (c) navigator.clipboard.writeText(c.dataset.copiar).then(() => notice(T.copiado, 'ok'));
});
on('focusin', e => all('details.menu[open]').forEach(m => m.contains(e.target) || (m.open = false)));

/* ---- Picking rows ---- */
const boxes = () => all('input[form=lote][name=elegidos]');
function pick() {
  const f = one('[data-lote]');
  if (!f) return;
  const every = one('[data-lote-todos]', f), rows = boxes(), n = rows.filter(b => b.checked).length, page = one('[data-lote-pagina]');
  rows.forEach(b => { b.disabled = every.checked; });
  if (page) { page.checked = n > 0 && n === rows.length; page.indeterminate = n > 0 && n < rows.length; page.disabled = every.checked; }
  one('[data-lote-conteo]', f).textContent = every.checked ? T.todos : n === 1 ? T.elegido : n ? T.elegidos.replace('#', n) : T.ninguno;
}
let last;
function range(b) {
  const rows = boxes(), i = rows.indexOf(last), j = rows.indexOf(b);
  if (i >= 0 && j >= 0) rows.slice(Math.min(i, j), Math.max(i, j) + 1).forEach(r => { r.checked = b.checked; });
}
on('click', e => {
  const b = e.target;
  if (b.name !== 'elegidos') return;
  if (e.shiftKey) range(b);
  last = b;
  pick();
});
on('change', e => {
  const i = e.target;
  if ('lotePagina' in i.dataset) boxes().forEach(b => { b.checked = i.checked; });
  if (i.closest('[data-lote]') || 'lotePagina' in i.dataset) pick();
  if ('archivo' in i.dataset) one('[data-archivo-nota]', i.parentNode).textContent = [...i.files].map(a => a.name + ' · ' + Math.max(1, Math.round(a.size / 1024)).toLocaleString(H.lang) + ' KB').join(', ');
});

/* ---- Shortcuts: by the letter typed, never inside a field ---- */
const places = { b: '/bandeja', f: '/facturacion', c: '/admin/clientes', a: '/admin' };
let going = 0;
function row(step) {
  const rows = all('#lista tbody tr,main .tabla tbody tr').filter(r => one('a', r));
  const at = rows.findIndex(r => r.classList.contains('activa'));
  const r = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + step))];
  if (!r) return;
  rows.forEach(o => o.classList.toggle('activa', o === r));
  one('.id a,a.id,a', r).focus();
}
const keys = {
  j: () => row(1), k: () => row(-1),
  x: shift => { const b = one('tr.activa input[name=elegidos]'); if (b) { b.checked = !b.checked; if (shift) range(b); last = b; pick(); } },
  z: () => { const b = all('.aviso form .boton').pop(); if (b) b.click(); },
  b: () => find(), '/': () => find(),
  '?': () => { const a = one('a[href="/perfil/atajos"]'); if (a) borrowed(a); },
  g: () => { going = Date.now(); },
};
function find() { const i = one('[data-buscar]') || one('input[type=search]'); if (i) { i.focus(); i.select(); return true; } }
on('keydown', e => {
  const t = e.target, writes = t.closest('textarea,select,[contenteditable],input:not([type=checkbox],[type=radio],[type=submit])');
  if (e.key === 'Escape') {
    const m = one('details.menu[open]');
    if (m) { m.open = false; one('summary', m).focus(); }
    return;
  }
  if (e.ctrlKey || e.metaKey) {
    if (e.key.toLowerCase() === 'k' && find()) e.preventDefault();
    if (e.key === 'Enter' && t.form && t.form.method === 'post') { e.preventDefault(); t.form.requestSubmit(); }
    return;
  }
  if (writes || e.altKey || B.dataset.atajos !== 'si' || matchMedia('(pointer: coarse)').matches || one('dialog[open]')) return;
  const k = e.key.length === 1 ? e.key.toLowerCase() : '';
  if (Date.now() - going < 1500 && places[k]) { going = 0; const p = places[k], a = one('a[href^="' + p + '"]'); if (a) a.click(); else if (one('a[href^="/' + p.split('/')[1] + '"]')) location.href = p; return; }
  const own = k && k !== '"' && k !== '\\' && one('[data-tecla="' + k + '"]');
  if (own) { e.preventDefault(); return own.matches('input,textarea,select') ? own.focus() : own.click(); }
  if (k && keys[k]) { e.preventDefault(); keys[k](e.shiftKey); }
});

/* ---- Times under a day are worded again while the page stays open ---- */
setInterval(() => all('time[data-cuando]').forEach(t => {
  const min = Math.floor((Date.now() - Date.parse(t.dateTime)) / 60000), far = Math.abs(min);
  if (far < 1440) t.textContent = far ? (min > 0 ? T.hace : T.en).replace('#', far < 60 ? far + '\u00a0min' : Math.floor(far / 60) + '\u00a0h') : T.ahora;
}), 30000);

/* ---- What happened elsewhere: names and ids, by one connection for each tab ---- */
if (B.dataset.temas && W.EventSource) {
  let source, sleep;
  const tell = (tema, id) => B.dispatchEvent(new CustomEvent('r:' + tema, { detail: { id } }));
  const open = () => {
    if (source) return;
    source = new EventSource('/eventos?tema=' + B.dataset.temas);
    on('r', e => { const { tema, id } = JSON.parse(e.data); tell(tema, id); }, source);
  };
  const close = () => { if (source) source.close(); source = null; };
  on('visibilitychange', () => {
    clearTimeout(sleep);
    if (D.hidden) sleep = setTimeout(close, 60000);
    else if (!source) { open(); B.dataset.temas.split(',').forEach(t => tell(t)); }
  });
  on('pagehide', close, W);
  on('pageshow', open, W);
  open();
}

/* ---- Search of a record while typing ---- */
on('input', e => {
  const i = e.target;
  if (!i.dataset.combo) return;
  clearTimeout(i.wait);
  i.wait = setTimeout(async () => {
    const list = D.getElementById(i.getAttribute('aria-controls'));
    const text = i.value.trim() && await fetch(i.dataset.combo + (i.dataset.combo.includes('?') ? '&' : '?') + 'q=' + encodeURIComponent(i.value), { headers: { 'HX-Request': 'true', 'HX-Target': 'opciones' } }).then(r => r.ok ? r.text() : '', () => '');
    const found = text ? all('[role=option]', new DOMParser().parseFromString(text, 'text/html')) : [];
    list.replaceChildren(...found);
    found.forEach((o, n) => { o.id = list.id + '-' + n; });
    list.hidden = !found.length;
    i.setAttribute('aria-expanded', String(found.length > 0));
    i.removeAttribute('aria-activedescendant');
  }, 250);
});
const choose = (i, o) => { i.value = o.dataset.valor || o.textContent.trim(); shut(i); i.dispatchEvent(new Event('change', { bubbles: true })); };
const shut = i => { D.getElementById(i.getAttribute('aria-controls')).hidden = true; i.setAttribute('aria-expanded', 'false'); };
on('keydown', e => {
  const i = e.target;
  if (!i.dataset || !i.dataset.combo) return;
  const found = all('[role=option]', D.getElementById(i.getAttribute('aria-controls')));
  let at = found.findIndex(o => o.getAttribute('aria-selected') === 'true');
  if (e.key === 'Escape') return shut(i);
  if (e.key === 'Enter' && at >= 0 && i.getAttribute('aria-expanded') === 'true') { e.preventDefault(); return choose(i, found[at]); }
  if (!found.length || !/^Arrow(Up|Down)$/.test(e.key)) return;
  e.preventDefault();
  at = (at + (e.key === 'ArrowDown' ? 1 : at < 0 ? 0 : -1) + found.length) % found.length;
  found.forEach((o, n) => o.setAttribute('aria-selected', String(n === at)));
  found[at].scrollIntoView({ block: 'nearest' });
  i.setAttribute('aria-activedescendant', found[at].id);
});
on('click', e => { const o = e.target.closest('.combo [role=option]'); if (o) choose(one('[data-combo]', o.closest('.combo')), o); });
on('focusout', e => { if (e.target.dataset.combo) setTimeout(shut, 150, e.target); });

settle();
drafts().forEach(restore);
dress();
summary();
pick();
})();
