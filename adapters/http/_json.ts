import { commonProblem } from "./problems.ts";

const largestBody = 1024 * 1024;
const deepest = 32;

/** Reads a JSON body within the limits; undefined where there is none. */
export async function readJson(request: Request): Promise<unknown> {
  if (Number(request.headers.get("content-length") ?? 0) > largestBody) throw commonProblem("body-too-large");
  const text = await request.text();
  if (text.length > largestBody) throw commonProblem("body-too-large");
  if (text === "") return undefined;
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") throw commonProblem("unsupported-media-type");
  if (depthOf(text) > deepest) throw commonProblem("body-too-deep");
  try {
    return JSON.parse(text, refuseStrange);
  } catch {
    throw commonProblem("unreadable-body");
  }
}

/** How deep a text nests, without parsing it: a parser may recurse. */
function depthOf(text: string): number {
  let depth = 0;
  let deepestYet = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (inString && character === "\\") i++;
    else if (character === '"') inString = !inString;
    else if (inString) continue;
    else if (character === "{" || character === "[") deepestYet = Math.max(deepestYet, ++depth);
    else if (character === "}" || character === "]") depth--;
  }
  return deepestYet;
}

function refuseStrange(key: string, value: unknown): unknown {
  // Text that is not Unicode has no canonical JSON, and so no digest (RFC 8785).
  const wellFormed = key.isWellFormed() && (typeof value !== "string" || value.isWellFormed());
  if (key === "__proto__" || !wellFormed) throw commonProblem("unreadable-body");
  return value;
}
