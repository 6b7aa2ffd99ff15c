import { within } from "../../ports/adapting.ts";
import type { Limits } from "./_limits.ts";
import type { ProblemKind } from "./_problems.ts";

/**
 * Takes in the bodies of requests before they get a place at a replica: whoever sends theirs byte by byte would hold that from
 * all others.
 */
export function createBodies({ bodies, upload }: Pick<Limits, "bodies" | "upload">) {
  const late = new Error(`No whole body in ${upload} ms`);
  let reading = 0;

  return {
    async read(request: Request): Promise<ArrayBuffer | null | ProblemKind> {
      if (!request.body) return null;
      if (reading >= bodies) return "unavailable";
      reading++;
      try {
        return await within(upload, request.arrayBuffer(), () => late);
      } catch (error) {
        if (error === late) return "request-timeout";
        if (request.signal.aborted) return "bad-gateway";
        throw error;
      } finally {
        reading--;
      }
    },
  };
}
