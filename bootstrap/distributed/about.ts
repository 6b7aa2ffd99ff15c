import { QuestionFailed } from "../../ports/mod.ts";

/** What a question is about, read field by field: whoever asks is another process, and may be mistaken. */
export function fieldsOf(about: unknown) {
  const given = about !== null && typeof about === "object" ? (about as Readonly<Record<string, unknown>>) : {};

  function text(name: string): string {
    const value = optional(name);
    if (value === undefined) throw new QuestionFailed(`The question lacks "${name}"`);
    return value;
  }

  function optional(name: string): string | undefined {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined || value === null) return undefined;
    if (typeof value !== "string" || value.length > 4_096) throw new QuestionFailed(`"${name}" is no short text`);
    return value;
  }

  /** Those of the texts that are there. */
  function texts<const Name extends string>(...names: readonly Name[]): { readonly [Key in Name]?: string } {
    const found = names.map((name) => [name, optional(name)] as const).filter(([, value]) => value !== undefined);
    return Object.fromEntries(found) as { [Key in Name]?: string };
  }

  function limit(most: number): number {
    const { limit: value } = given;
    if (!Number.isSafeInteger(value) || Number(value) < 1) throw new QuestionFailed('"limit" is no count from 1 on');
    return Math.min(Number(value), most);
  }

  return { given, text, texts, limit };
}
