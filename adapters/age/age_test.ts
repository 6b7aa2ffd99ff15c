import { expect, test } from "bun:test";
import {
  Decrypter,
  Encrypter,
  generateHybridIdentity,
  generateX25519Identity,
  identityToRecipient,
} from "age-encryption";
import { isIdentity, isRecipient } from "./mod.ts";

const accepts = (parse: () => void) => {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
};
const libraryTakes = {
  recipient: (text: string) => accepts(() => new Encrypter().addRecipient(text)),
  identity: (text: string) => accepts(() => new Decrypter().addIdentity(text)),
};

/** The text, and what typing errors make of it. */
function spellings(text: string): readonly string[] {
  const middle = Math.floor(text.length / 2);
  const other = text[middle] === "q" || text[middle] === "Q" ? "p" : "q";
  const changed = `${text.slice(0, middle)}${other}${text.slice(middle + 1)}`;
  return [text, changed, text.slice(0, -1), `${text} `, text.slice(1), ""];
}

test.each([
  ["X25519", generateX25519Identity],
  ["hybrid", generateHybridIdentity],
])("%s keys are told from what is none as the library does", async (_name, generate) => {
  const identity = await generate();
  const recipient = await identityToRecipient(identity);
  for (const text of [...spellings(recipient), ...spellings(identity), identity.toLowerCase()]) {
    expect([text, isRecipient(text)]).toEqual([text, libraryTakes.recipient(text)]);
    expect([text, isIdentity(text)]).toEqual([text, libraryTakes.identity(text)]);
  }
  expect([isRecipient(recipient), isIdentity(identity)]).toEqual([true, true]);
});
