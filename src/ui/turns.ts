let last: Promise<void> = Promise.resolve();

/**
 * Resolves in a task of its own, a frame after whoever asked before: the views that draw a new run take turns,
 * so that together they never hold up the page.
 */
export function turn(): Promise<void> {
  last = last.then(nextTask);
  return last;
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    // Where nothing is shown there are no frames.
    if (document.hidden) setTimeout(resolve);
    else requestAnimationFrame(() => setTimeout(resolve));
  });
}
