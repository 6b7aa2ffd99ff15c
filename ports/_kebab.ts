/** A type's name in a subject or a path: `VersionPublished` is `version-published`. */
export function kebabCase(type: string): string {
  return type.replaceAll(/([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])/g, "$1$3-$2$4").toLowerCase();
}
