// A person with a keyboard and no mouse: Tab until the thing is reached, and the focus must be seen
// at every stop. It never clicks.

/** What has the focus: how it reads, whether it shows and whether something covers it. */
export async function focus(page) {
  return page.evaluate(() => {
    const e = document.activeElement;
    if (!e || e === document.body) return null;
    const style = getComputedStyle(e);
    const box = e.getBoundingClientRect();
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
    const ringed = style.boxShadow !== 'none';
    const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 2);
    const y = Math.min(Math.max(box.top + Math.min(box.height, 40) / 2, 1), innerHeight - 2);
    const top = document.elementFromPoint(x, y);
    const label = e.labels?.[0];
    const mine = top && (e.contains(top) || top.contains(e) || label?.contains(top));
    const name = (e.getAttribute('aria-label') || label?.textContent || e.textContent || e.value || '')
      .trim().replace(/\s+/g, ' ').slice(0, 60);
    return {
      name, tag: e.tagName.toLowerCase(), id: e.id, href: e.getAttribute('href'),
      field: e.getAttribute('name'), visible: outlined || ringed, covered: !mine && box.height > 0,
      inside: box.bottom > 0 && box.top < innerHeight,
    };
  });
}

/**
 * Presses Tab until `wanted` says yes. Fails if the focus is invisible, hidden under something or
 * off the screen on the way, or if nothing fits after `limit` presses.
 */
export async function tabTo(page, what, wanted, { limit = 80, key = 'Tab' } = {}) {
  const seen = [];
  for (let i = 0; i < limit; i += 1) {
    await page.keyboard.press(key);
    const at = await focus(page);
    if (!at) continue;
    seen.push(at.name || at.tag);
    const where = `el foco en «${at.name || at.tag}»`;
    if (!at.visible) throw new Error(`${where} no se ve`);
    if (!at.inside) throw new Error(`${where} queda fuera de la pantalla`);
    if (at.covered) throw new Error(`${where} queda tapado`);
    if (wanted(at)) return at;
  }
  throw new Error(`con ${limit} Tab no se llega a ${what}; se pasó por: ${seen.slice(0, 25).join(' · ')}`);
}

/** Types into the field that has the focus, over what it has. */
export async function type(page, text) {
  await page.keyboard.press('Control+a');
  await page.keyboard.type(text);
}

/** Whether the focus rests on something (not on the body). */
export async function hasFocus(page) {
  return (await focus(page)) !== null;
}
