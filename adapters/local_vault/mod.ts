/**
 * The vault of one machine: keys in a file that only its owner may read.
 *
 * @module
 */
export { createLocalVault } from "./vault.ts";
