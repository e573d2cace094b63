// The smallest runner: named checks one after another, each with its time, and the sum as the last line,
// `N passed, N failed`. A story stops at its first failure, since what follows rests on it: the rest of it counts as failed.
const chapters = [];

// A story: `tell(step)` is run with step(name, fn); every step counts as one check.
export function story(title, names, tell) {
  chapters.push({ title, names, tell });
}

// One check that stands alone.
export function check(name, fn) {
  chapters.push({ title: '', names: [name], tell: (step) => step(name, fn) });
}

export function must(condition, words) {
  if (!condition) throw new Error(words);
}

export function same(found, wanted, what) {
  if (found !== wanted) throw new Error(`${what}: wanted ${JSON.stringify(wanted)}, found ${JSON.stringify(found)}`);
}

// What fn() says once it says something, asked again for half a minute and more.
export async function until(fn, what) {
  for (let tries = 0; tries < 1200; tries++) {
    const found = await fn();
    if (found) return found;
    await new Promise((done) => { setTimeout(done, 25); });
  }
  throw new Error(`in vain: ${what}`);
}

async function play({ title, names, tell }, sum, onFailure) {
  const done = new Set();
  if (title) console.log(title);
  const step = async (name, fn) => {
    if (!names.includes(name)) throw new Error(`the step "${name}" is not announced`);
    const begun = Date.now();
    const value = await fn();
    done.add(name);
    console.log(`  ok ${name} (${Date.now() - begun} ms)`);
    return value;
  };
  try {
    await tell(step);
    if (done.size !== names.length) throw new Error('a step was left out');
  } catch (problem) {
    console.log(`  FAILED ${names.find((n) => !done.has(n)) ?? title}\n    ${String(problem.stack ?? problem).replace(/\n/g, '\n    ')}`);
    await onFailure();
  }
  sum.passed += done.size;
  sum.failed += names.length - done.size;
}

// Runs all, then `end` (also after a failure). `onFailure` may keep pictures. Ends the process.
export async function run({ onFailure = async () => {}, end = async () => {} } = {}) {
  const sum = { passed: 0, failed: 0 };
  for (const chapter of chapters) await play(chapter, sum, onFailure);
  try {
    await end();
  } catch (problem) {
    console.log(`  FAILED at the end: ${problem.stack ?? problem}`);
    sum.failed += 1;
  }
  console.log(`${sum.passed} passed, ${sum.failed} failed`);
  process.exit(sum.failed === 0 ? 0 : 1);
}
