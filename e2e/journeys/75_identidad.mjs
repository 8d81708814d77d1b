// Who may enter and what they leave behind: a user from its link to its second step, sessions, roles,
// keys of the API, and the trail of it all.

import { person } from '../lib/browser.mjs';
import { must, same } from '../lib/journey.mjs';
import { fill } from '../lib/made_up.mjs';
import { signIn, signedIn } from '../lib/people.mjs';
import { totp } from '../lib/totp.mjs';

export const name = 'identidad';
export const title = 'Usuarios, segundo paso, sesiones, roles, claves de API y auditoría';

const MAIL = `nadia.${Date.now().toString(36)}@norte.example`;
const ROLE = `Mesa ${Date.now().toString(36)}`;
const PASSWORD = 'faro azul de noviembre';
const text = (page, selector = 'main') => page.locator(selector).first().innerText();
const send = (page) => page.locator('main form.formulario button[type=submit]').first().click();

export async function run(world, step) {
  const admin = await signedIn(world, 'administrador');
  const nadia = await person(world);
  const link = await step('crear un usuario y entregar su enlace', async () => {
    await admin.goto('/admin/usuarios/alta');
    await fill(admin, { nombre: 'Nadia Prueba', correo: MAIL });
    await admin.getByLabel('operador', { exact: false }).first().check();
    await send(admin);
    await admin.locator('main code').first().waitFor();
    return text(admin, 'main code');
  });
  await step('poner la contraseña con el enlace, que sirve una vez', async () => {
    const path = new URL(link.trim(), world.url).pathname;
    await nadia.goto(path);
    await fill(nadia, { contrasena: 'corta' });
    await nadia.watch.refusing(422, async () => { await send(nadia); await nadia.locator('#resumen').waitFor(); });
    await fill(nadia, { contrasena: PASSWORD });
    await send(nadia);
    await nadia.waitForURL(/\/entrar/);
    const again = await nadia.watch.allowing([/respuesta 4\d\d/, /status of 4\d\d/], () => nadia.goto(path));
    must(again.status() >= 400 || !(await nadia.locator('[name=contrasena]').count()), 'el enlace sirve dos veces');
  });
  await step('un correo que no existe y una contraseña mala se responden igual', async () => {
    const said = [];
    for (const who of [{ mail: MAIL, password: 'equivocada del todo' }, { mail: 'nadie@norte.example', password: 'x'.repeat(12) }]) {
      await nadia.goto('/entrar');
      await fill(nadia, { correo: who.mail, contrasena: who.password });
      await nadia.watch.allowing([/respuesta 4\d\d/, /status of 4\d\d/], async () => {
        await send(nadia);
        await nadia.locator('#resumen').waitFor();
      });
      said.push((await text(nadia, '#resumen')).trim());
    }
    same(said[0], said[1], 'lo que se responde');
  });
  const saved = await step('entrar y activar el segundo paso', async () => {
    await signIn(nadia, { mail: MAIL, password: PASSWORD });
    await nadia.goto('/perfil/codigo');
    await nadia.locator('main form button[type=submit]').first().click();
    await nadia.locator('main img').waitFor();
    const secret = (await text(nadia, 'main code')).replace(/\s/g, '');
    await fill(nadia, { codigo: '000000' });
    await nadia.watch.refusing(422, async () => { await send(nadia); await nadia.locator('#resumen').waitFor(); });
    await fill(nadia, { codigo: totp(secret) });
    await send(nadia);
    await nadia.locator('ul.codigos code').first().waitFor();
    const backups = await nadia.locator('ul.codigos code').allInnerTexts();
    must(backups.length >= 8, `hay ${backups.length} códigos de respaldo`);
    return { secret, backups };
  });
  await step('salir y entrar con código de respaldo, que sirve una vez', async () => {
    for (const [i, wanted] of [[0, true], [0, false], [1, true]]) {
      await leave(nadia);
      await nadia.goto('/entrar');
      await fill(nadia, { correo: MAIL, contrasena: PASSWORD });
      await send(nadia);
      await nadia.waitForURL(/\/entrar\/codigo/);
      await fill(nadia, { codigo: saved.backups[i] });
      await nadia.watch.allowing([/respuesta 4\d\d/, /status of 4\d\d/], async () => {
        await send(nadia);
        await nadia.waitForLoadState('load');
        await nadia.locator(wanted ? '[data-sesion]' : '#resumen').first().waitFor({ state: 'attached' });
      });
      same(!nadia.url().includes('/entrar'), wanted, `entrar con el código de respaldo ${i}`);
    }
  });
  await step('ver la otra sesión y cerrarla', async () => {
    const phone = await person(world);
    await phone.goto('/entrar');
    await fill(phone, { correo: MAIL, contrasena: PASSWORD });
    await send(phone);
    await phone.waitForURL(/\/entrar\/codigo/);
    await fill(phone, { codigo: saved.backups[2] });
    await send(phone);
    await phone.waitForURL((url) => !url.pathname.startsWith('/entrar'));
    await nadia.goto('/perfil');
    must(await nadia.locator('main table tbody tr').count() >= 2, 'no se ve la otra sesión');
    await nadia.locator('form[action="/perfil/sesiones/cerrar"] button').click();
    await nadia.locator('.aviso-ok').waitFor();
    same(await nadia.locator('main table tbody tr').count(), 1, 'sesiones tras cerrar las demás');
    await phone.goto('/perfil');
    must(phone.url().includes('/entrar'), 'la sesión cerrada sigue abierta');
  });
  await step('crear un rol que solo ve clientes y darlo', async () => {
    await admin.goto('/admin/roles/alta');
    await fill(admin, { nombre: ROLE });
    await admin.locator('input[name=permisos][value="clientes:leer"]').check();
    await send(admin);
    await admin.locator('.aviso-ok').waitFor();
    await admin.goto(`/admin/usuarios?q=${encodeURIComponent(MAIL)}`);
    await admin.locator('#lista tbody a').first().click();
    await admin.waitForURL(/\/admin\/usuarios\/[0-9a-f-]+$/);
    await admin.goto(`${new URL(admin.url()).pathname}/cambiar`);
    for (const box of await admin.locator('main fieldset input[type=checkbox]:checked').all()) await box.uncheck();
    await admin.getByLabel(ROLE).first().check();
    await send(admin);
    await admin.locator('.aviso-ok').waitFor();
    same((await nadia.goto('/admin/clientes')).status(), 200, 'la lista de clientes con el rol nuevo');
    const refused = await nadia.watch.refusing(403, () => nadia.goto('/facturacion/facturas'));
    same(refused.status(), 403, 'las facturas con el rol nuevo');
  });
  await step('crear una clave de API, usarla en lo suyo y en lo ajeno, revocarla', async () => {
    await admin.goto('/admin/integraciones/claves/alta');
    await fill(admin, { nombre: 'Tablero externo' });
    await admin.locator('input[name=permisos][value="clientes:leer"]').check();
    await send(admin);
    await admin.locator('main code').first().waitFor();
    const key = (await text(admin, 'main code')).trim();
    must(key.startsWith('rml_'), `la clave no parece una clave: ${key.slice(0, 8)}`);
    const call = async (path) => (await admin.request.get(path, { headers: { authorization: `Bearer ${key}`, cookie: '' } })).status();
    same(await call('/api/v1/clientes'), 200, 'la API con la clave');
    same(await call('/api/v1/facturas'), 403, 'la API fuera de sus permisos');
    await admin.goto('/admin/integraciones/claves');
    must(!(await admin.content()).includes(key), 'la lista muestra la clave entera');
    await admin.locator('tr', { hasText: 'Tablero externo' }).locator('a').first().click();
    await admin.waitForURL(/revocar/);
    await admin.locator('main form button[type=submit]').first().click();
    await admin.locator('.aviso-ok').waitFor();
    same(await call('/api/v1/clientes'), 401, 'la API con la clave revocada');
  });
  await step('la auditoría dice quién hizo qué, con antes y después, y se descarga', async () => {
    await admin.goto('/admin/auditoria');
    const seen = await text(admin, '#lista');
    for (const act of ['Creó el usuario', 'Activó el segundo paso', 'Creó el rol', 'Revocó la clave']) {
      must(seen.includes(act), `la auditoría no muestra «${act}»`);
    }
    await admin.locator('#lista details summary').first().click();
    must(await admin.locator('#lista details[open] li').count() > 0, 'ningún cambio se despliega');
    must(!seen.includes(PASSWORD) && !seen.includes(saved.secret), 'la auditoría muestra un secreto');
    const [file] = await Promise.all([admin.waitForEvent('download'), admin.locator('a[download]').first().click()]);
    must(/\.csv$/.test(file.suggestedFilename()), `se descarga ${file.suggestedFilename()}`);
  });
}

async function leave(page) {
  await page.goto('/salir');
  await page.locator('main form[action="/salir"] button').click();
  await page.waitForURL((url) => url.pathname !== '/salir');
}
