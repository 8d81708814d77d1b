// A person with a keyboard and no mouse: signs in, searches, moves through a list, opens, comes back.
// It clicks nowhere.

import { person } from '../lib/browser.mjs';
import { must, same } from '../lib/journey.mjs';
import { focus, hasFocus, tabTo, type } from '../lib/keyboard.mjs';
import { account } from '../lib/people.mjs';

export const name = 'teclado';
export const title = 'Solo teclado: entrar, buscar, lista, ficha, atajos, menú';

const at = (page) => new URL(page.url()).pathname;

/** Presses a key that leads to another page, and waits for it. */
async function go(page, key, wanted) {
  await Promise.all([page.waitForURL(wanted), page.keyboard.press(key)]);
  await page.waitForLoadState('load');
}

export async function run(world, step) {
  const page = await person(world);
  const who = account(world, 'operador');
  await step('entrar con Tab y Enter', async () => {
    await page.goto('/entrar');
    await tabTo(page, 'el correo', (f) => /correo/i.test(f.name));
    await type(page, who.mail);
    await tabTo(page, 'la contraseña', (f) => /contraseña/i.test(f.name) && f.tag === 'input');
    await type(page, who.password);
    await go(page, 'Enter', (url) => !url.pathname.startsWith('/entrar'));
  });
  await step('saltar al contenido', async () => {
    await tabTo(page, 'el enlace de salto', (f) => f.href === '#contenido', { limit: 2 });
    await page.keyboard.press('Enter');
    same(await page.evaluate(() => document.activeElement.id), 'contenido', 'el foco tras el salto');
  });
  await step('buscar desde cualquier página con b', async () => {
    await page.keyboard.press('b');
    const field = await focus(page);
    must(field?.field === 'q', `b no lleva al buscador, lleva a ${JSON.stringify(field)}`);
    await page.keyboard.type('mar');
    await go(page, 'Enter', '**/buscar?**');
    await page.keyboard.press('b');
    await type(page, 'mosc');
    await go(page, 'Enter', /C-66489/);
  });
  await step('ir a la lista de clientes y filtrar', async () => {
    await tabTo(page, 'Clientes en el riel', (f) => f.href === '/admin/clientes');
    await go(page, 'Enter', '**/admin/clientes');
    await tabTo(page, 'el filtro de texto', (f) => f.field === 'q' && f.id !== 'buscar-todo');
    await page.keyboard.type('penaloza');
    await page.waitForURL(/q=penaloza/);
    await page.locator('#lista tbody tr').first().waitFor();
    must(await hasFocus(page), 'el filtro perdió el foco al cambiar la lista');
    same((await focus(page)).field, 'q', 'el foco tras filtrar');
    must(/peñaloza/i.test(await page.locator('#lista').innerText()), 'sin acentos no aparece Peñaloza');
  });
  await step('moverse con j y k y abrir con Enter', async () => {
    await page.goto('/admin/clientes');
    await page.locator('#contenido').focus();
    await page.keyboard.press('j');
    const first = await focus(page);
    must(/^C-/.test(first?.name ?? ''), `j no enfoca la primera fila: ${JSON.stringify(first)}`);
    await page.keyboard.press('j');
    const second = await focus(page);
    must(second.name !== first.name, 'j no avanza');
    await page.keyboard.press('k');
    same((await focus(page)).name, first.name, 'k no vuelve');
    await go(page, 'Enter', /\/admin\/clientes\/C-/);
  });
  await step('ver los atajos con ? y cerrar con Esc', async () => {
    await page.keyboard.press('?');
    await page.locator('dialog[open]').waitFor();
    must(await page.evaluate(() => document.querySelector('dialog[open]').contains(document.activeElement)),
      'el foco no entra en el diálogo');
    await page.keyboard.press('Escape');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
  });
  await step('ir con g y f, volver con g y c', async () => {
    await page.keyboard.press('g');
    await go(page, 'f', /\/facturacion/);
    await page.keyboard.press('g');
    await go(page, 'c', /\/admin\/clientes$/);
  });
  await step('salir desde el menú de la cuenta', async () => {
    await tabTo(page, 'la cuenta', (f) => /cuenta de/i.test(f.name));
    await page.keyboard.press('Enter');
    await tabTo(page, 'Salir', (f) => /^salir$/i.test(f.name));
    await go(page, 'Enter', (url) => url.pathname === '/' || url.pathname.startsWith('/entrar'));
    must(!(await page.context().cookies()).some((c) => /sesion/.test(c.name) && c.value), `la sesión sigue tras salir en ${at(page)}`);
  });
}
