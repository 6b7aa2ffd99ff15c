const tails = new Map<string, Promise<void>>();

/**
 * Runs `work` after what was queued earlier under any of the names: commands to one aggregate don't race within a process.
 * Taking the names together and in one go keeps two who want the same ones from waiting for each other.
 */
export async function queued<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
  const { promise: done, resolve: finish } = Promise.withResolvers<void>();
  const before = names.map((name) => tails.get(name));
  for (const name of names) tails.set(name, done);
  await Promise.all(before);
  try {
    return await work();
  } finally {
    for (const name of names) if (tails.get(name) === done) tails.delete(name);
    finish();
  }
}
