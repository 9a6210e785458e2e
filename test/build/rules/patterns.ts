/** Random regular expressions and texts for them. */
import fc from "fast-check";

/** Parts of patterns, broken and whole, so that many of what is made of them are accepted by the build. */
const PARTS = [
  ..."a b A 0 _ , / : - ^ $ . * + ? | ( ) [ ] { \\ \\d \\D \\w \\W \\s \\S \\n \\r \\t \\. \\| \\/ \\\\ \\] \\- [ab] [^a] [^a-b]".split(
    " ",
  ),
  ..."[a-b] [0-9a] [a-] [-a] [^!-~] [\\d,] [\\S] [.] [+-.] [,-/] [|] [\\|] [^] * ( ) |".split(" "),
  " ",
  "[ -~]",
];
export const patterns = fc
  .array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join(""));

const CHARACTERS = [..."aabbA0_,/:-^$.*+?|()[]{}\\ \n\r\t\0\x7f\x80\xa4\xff~"];
export const texts = fc
  .array(fc.constantFrom(...CHARACTERS, ""), { maxLength: 12 })
  .map((characters) => characters.join(""));
