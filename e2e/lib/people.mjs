// The people of the demo company and how they sign in. Passwords come from what the demo printed.

import { person } from './browser.mjs';

const NAMES = { mail: ['correo', 'email', 'usuario'], password: ['contrasena', 'clave', 'password'] };

/** Accounts in what `ramal demo --json` printed: objects with a mail, a password and a role. */
export function accounts(told) {
  const found = [];
  const pick = (one, names) => names.map((n) => one[n]).find((v) => typeof v === 'string');
  const walk = (value) => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (value && typeof value === 'object') {
      const mail = pick(value, NAMES.mail);
      const password = pick(value, NAMES.password);
      if (mail && password) {
        const roles = [value.rol ?? value.roles ?? []].flat().map(String);
        found.push({ mail, password, roles, name: value.nombre ?? mail, secret: value.totp });
      }
      Object.values(value).forEach(walk);
    }
  };
  walk(told);
  return found;
}

/** The account of a role. */
export function account(world, role) {
  const one = world.accounts.find((a) => a.roles.includes(role));
  if (!one) throw new Error(`la demostración no dio una cuenta con el rol ${role}`);
  return one;
}

/** Signs in through the page, as a person does. */
export async function signIn(page, who) {
  await page.goto('/entrar');
  await page.getByLabel(/correo/i).fill(who.mail);
  await page.getByLabel(/contraseña/i).first().fill(who.password);
  await Promise.all([
    page.waitForURL((url) => !url.pathname.startsWith('/entrar')),
    page.getByRole('button', { name: /^entrar/i }).click(),
  ]);
}

/** A person already signed in; the sign-in of a role is done once and its cookies are kept. */
export async function signedIn(world, role, options = {}) {
  world.states ??= new Map();
  if (!world.states.has(role)) {
    const page = await person(world);
    await signIn(page, account(world, role));
    world.states.set(role, await page.context().storageState());
    await page.context().close();
  }
  return person(world, { ...options, state: world.states.get(role) });
}
