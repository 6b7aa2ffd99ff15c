type Started = {
  readonly child: Bun.Subprocess<"ignore", "pipe", "pipe">;
  /** What it has said so far. */
  readonly told: { text: string };
};

/** Starts a program with an environment of its own. */
export function start(program: string, variables: Readonly<Record<string, string>>): Started["child"] {
  const { PATH = "", HOME = "", XDG_CACHE_HOME } = process.env;
  return Bun.spawn([process.execPath, program], {
    env: { PATH, HOME, ...(XDG_CACHE_HOME && { XDG_CACHE_HOME }), ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** A platform, once it has said that it runs. */
export async function untilRunning(child: Started["child"]): Promise<Started> {
  const told = { text: "" };
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  (async () => {
    for await (const chunk of child.stdout) {
      told.text += new TextDecoder().decode(chunk);
      if (told.text.includes("Ctrl-C stops")) resolve();
    }
    reject(new Error(`It ended: ${told.text} ${await new Response(child.stderr).text()}`));
  })();
  await promise;
  return { child, told };
}
