// How every test of the pages ends: the steps are run, windows and browser are closed, the server is stopped, and its log is
// read for what it must not hold. Not here: the steps (check.mjs), the windows (browser.mjs), the server (house.mjs).
import { must, run, same } from './check.mjs';
import { pictures, words } from './browser.mjs';
import { complaints } from './house.mjs';

// secrets: asked at the end, what the log must not hold. seen: what a window complained of is wrong as well, where no step asks.
export function runIn({ house, browser, people, secrets = () => [], seen = false }) {
  return run({
    onFailure: async () => { await words(people); await pictures(people); },
    end: async () => {
      const wrong = seen ? people.flatMap((who) => who.complaints) : [];
      for (const who of people) await who.close().catch(() => {});
      await browser.close();
      const { code, log } = await house.stop();
      wrong.push(...complaints(log, secrets()));
      must(wrong.length === 0, wrong.slice(0, 20).join('\n'));
      same(code, 0, 'the server\'s exit status after SIGTERM');
    },
  });
}
