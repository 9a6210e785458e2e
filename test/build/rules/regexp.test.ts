import { testRules } from "./rule-cases.ts";

testRules([
  {
    name: "regular expressions",
    refused: [
      "print(/a{2}/)",
      "print(/a{1,}/)",
      "print(/a?b/)",
      "print(/a*?/)",
      "print(/a+?/)",
      "print(/(?:a)/)",
      "print(/a(?=b)/)",
      "print(/a(?!b)/)",
      "print(/\\ba/)",
      "print(/\\Ba/)",
      "print(/(a)\\1/)",
      "print(/^a/m)",
      "print(/\\x41/)",
      "print(/[\\x41-\\x43]/)",
      "print(/\\u0041/)",
      'print(new RegExp("a?"))',
      'print(RegExp("a","gm"))',
      "print(new RegExp(E.pattern))",
    ],
    message: /(do not have|made at run time).*: use indexOf and substr/,
    accepted: [
      "print(/^a+[^b-d]*(c|d)\\d\\w\\s.$/gi)",
      "print(/[?{}]/)",
      "print(/\\?\\*/)",
      "print(/[\\]?]/)",
      'print(new RegExp("a+","g"))',
      "var RegExp=E.x;print(new RegExp(E.pattern))",
    ],
  },
]);
