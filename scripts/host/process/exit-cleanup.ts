/**
 * Last-resort cleaning when the process ends while work is still under way (an uncaught error, a second
 * Ctrl-C): temporary files are removed and child groups killed, synchronously. The normal path is each
 * owner's own `finally`.
 */
const tasks = new Set<() => void>();
let listening = false;

/** Runs `task` if the process exits before the returned function was called. */
export function onProcessExit(task: () => void): () => void {
  if (!listening) {
    listening = true;
    process.once('exit', runTasks);
  }
  tasks.add(task);
  return () => tasks.delete(task);
}

function runTasks(): void {
  for (const task of tasks) {
    try {
      task();
    } catch {
      // Nothing can be reported any more, and the remaining tasks still deserve their turn.
    }
  }
}
