/** A recursive walk whose calls are yielded instead of made. */
export type Walk = Generator<Walk, void, undefined>;

/** Runs a walk depth first on a stack of its own: dependency chains may be longer than the call stack. */
export function run(walk: Walk): void {
  const stack = [walk];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const next = top.next();
    if (next.done === true) stack.pop();
    else stack.push(next.value);
  }
}
